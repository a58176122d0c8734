export * from "./access/errors.js";
export { benchCatalog, type CatalogBench } from "./catalog/bench.js";
export type { CloudCatalog } from "./catalog/catalog.js";
export type { ChangeResult } from "./catalog/change-log.js";
export type { CatalogFeed, FeedEntry, FeedReference, LaneRow } from "./catalog/feed.js";
export { Override } from "./catalog/override.js";
export type { NewReference } from "./catalog/references.js";
export { type CloudSync, type CloudSyncOptions, startCloudSync } from "./cloud.js";
export {
  type ArtificialFeatures,
  artificialFeatures,
  measureArtificial,
} from "./enrol/quality/artificial.js";
export { exposure } from "./enrol/quality/exposure.js";
export { toGray } from "./enrol/quality/gray.js";
export { artificialLikelihood } from "./enrol/quality/likelihood.js";
export { sharpness } from "./enrol/quality/sharpness.js";
export { type PhotoReader, type PhotoReading, photoReader } from "./enrol/reading.js";
export { ThreadedReader } from "./enrol/threaded-reader.js";
export * from "./errors.js";
export type { Fleet } from "./fleet/fleet.js";
export type { Logger } from "./log.js";
export { type Broker, type BrokerOptions, startBroker } from "./publish/broker.js";
export { Ledger } from "./publish/ledger.js";
export { type BrokerAccess, Publisher, type PublisherOptions } from "./publish/publisher.js";
export { type BrokerUser, mosquittoAcl, mosquittoPassword } from "./publish/rights.js";
export { loadSigningKey, rotateSigningKey, signingKeyFile } from "./publish/signing-key.js";
export type { Database } from "./storage/database.js";
export { openDatabase } from "./storage/open.js";
export { type PostgresServer, postgresBinaries, startPostgres } from "./storage/testing/postgres-server.js";
