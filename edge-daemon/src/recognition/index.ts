export * from "./analyse.js";
export * from "./barcodes.js";
export * from "./luma-grid.js";
export * from "./recogniser.js";
export * from "./settings.js";
export type { Stage } from "./tray-reader.js";
