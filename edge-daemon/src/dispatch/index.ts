export * from "./dispatcher.js";
export * from "./policy.js";
export * from "./queue.js";
