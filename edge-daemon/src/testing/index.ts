export * from "./camera/index.js";
export * from "./crash/index.js";
export * from "./lane/index.js";
export * from "./till/index.js";
export * from "./uplink/index.js";
