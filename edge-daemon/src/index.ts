export { OpenCvCamera } from "./adapters/camera/index.js";
export { createServiceManager, type ServiceManager } from "./adapters/systemd/notify.js";
export * from "./catalog/index.js";
export { openNetworks, shippedNetworks, visitCatalog } from "./cli/parts.js";
export { readPhoto } from "./cli/photos.js";
export { defaultPageDir } from "./cli/run.js";
export { parseConfig } from "./config/load.js";
export { DaemonConfig } from "./config/schema.js";
export type { DaemonDeps } from "./daemon/assembly.js";
export { type Daemon, startDaemon } from "./daemon/daemon.js";
export {
  type AskAbout,
  acceptFrom,
  addFrame,
  type DecisionRule,
  decide,
  decisionKey,
  defaultPrices,
  type Evidence,
  effectiveFrames,
  features,
  inWords,
  noEvidence,
  type Odds,
  oddsOf,
  type Prices,
  type Surroundings,
  sharp,
} from "./domain/recognition/index.js";
export { benchJournal, Journal } from "./journal/index.js";
export type { DemoRoutes } from "./kiosk-api/index.js";
export { DeliveredModels } from "./networks/delivered.js";
export { createLogger, type Logger, silentLogger } from "./observe/logger.js";
export { quantile } from "./observe/quantile.js";
export type { Camera, CameraStatus, Frame } from "./ports/camera.js";
export type { CatalogReader, Neighbour } from "./ports/catalog.js";
export { type Clock, systemClock } from "./ports/clock.js";
export type { LaneChange, LaneControl } from "./ports/lane.js";
export {
  type AnalysedItem,
  analysePicture,
  analyseTray,
  analyseVector,
  embedForEnrolment,
  type HeldItem,
  type Judgement,
  nearReferences,
  recogniserSettings,
} from "./recognition/index.js";
export { Uplink, type UplinkOptions, UpOutbox } from "./uplink/index.js";
