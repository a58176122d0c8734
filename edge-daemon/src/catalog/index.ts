export { type BenchOptions, type BenchRow, benchIndex } from "./bench.js";
export { Catalog, type CatalogOptions, openCatalog } from "./catalog.js";
export { type EnrolConflict, type EnrolReport, type EnrolRequest, enrolItem } from "./enrol.js";
export * from "./errors.js";
export { checkProducts, type ImportReport, type RowError } from "./import.js";
export { CatalogFollower, type FollowerOptions } from "./sync/follower.js";
export { LaneSync, type LaneSyncOptions, type SyncTopic } from "./sync/lane-sync.js";
export { weighedProductsIn } from "./weighed.js";
export type { ApplyResult, CatalogWriter } from "./writer.js";
