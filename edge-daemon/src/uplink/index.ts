export * from "./errors.js";
export { UpOutbox } from "./outbox.js";
export { Uplink, type UplinkOptions } from "./uplink.js";
