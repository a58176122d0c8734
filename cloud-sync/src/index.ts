export type { ChangeResult, CloudCatalog, NewReference } from "./catalog/catalog.js";
export { type CloudSync, type CloudSyncOptions, startCloudSync } from "./cloud.js";
export { type EmbedPhoto, photoEmbedder } from "./enrol/embed-photo.js";
export * from "./errors.js";
export type { Logger } from "./log.js";
export { type Broker, startBroker } from "./publish/broker.js";
