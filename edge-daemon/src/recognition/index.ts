export * from "./analyse.js";
export * from "./barcodes.js";
export type { PictureCheck, Stage } from "./look.js";
export { nearReferences } from "./matching.js";
export * from "./recogniser.js";
export * from "./settings.js";
export * from "./tray-grid.js";
export type { PictureFound } from "./tray-reader.js";
