export { createLineSink, dialectOf, type LineSinkParts } from "./create-sink.js";
export * from "./errors.js";
export type { ByteLink, WriteResult } from "./link/byte-link.js";
export { SerialLink, type SerialLinkSettings } from "./link/serial-link.js";
export { PosSettings } from "./settings.js";
export type { TillSink } from "./till-sink.js";
export { describeTrace, type TillCounters, type TillTrace } from "./trace.js";
