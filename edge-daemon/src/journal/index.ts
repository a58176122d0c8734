export * from "./bench.js";
export * from "./database.js";
export * from "./errors.js";
export * from "./journal.js";
export * from "./keeper.js";
export * from "./outbox.js";
export * from "./retention.js";
