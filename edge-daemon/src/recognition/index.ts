export * from "./analyse.js";
export * from "./barcodes.js";
export * from "./recogniser.js";
export * from "./settings.js";
export * from "./tray-grid.js";
export { nearReferences, type Stage } from "./tray-reader.js";
