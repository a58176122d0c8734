export * from "./analyse.js";
export * from "./barcodes.js";
export { nearReferences } from "./matching.js";
export * from "./recogniser.js";
export * from "./settings.js";
export * from "./tray-grid.js";
export type { PictureCheck, PictureFound, Stage } from "./tray-reader.js";
