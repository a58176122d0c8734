import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** Seconds; fine around the budgets (10 ms journal, 40 ms detector, 400 ms tray to lines). */
const latency = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2];

/** Every metric of the lane with its documentation line; one registry a daemon, so that tests do not share. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: "tillsight_process_" });
  return {
    registry,
    stage: new Histogram({
      name: "tillsight_recognition_stage_seconds",
      help: "Time of one recognition stage on one frame.",
      labelNames: ["stage"] as const,
      buckets: latency,
      registers,
    }),
    frameToLines: new Histogram({
      name: "tillsight_frame_to_lines_seconds",
      help: "From the capture of a settled frame to its durable lines.",
      buckets: latency,
      registers,
    }),
    decisions: new Counter({
      name: "tillsight_decisions_total",
      help: "What recognition said of items, each change counted.",
      labelNames: ["outcome"] as const,
      registers,
    }),
    suspectedPictures: new Counter({
      name: "tillsight_suspected_pictures_total",
      help: "Items that were found to be probably a picture of a product, by what carries it.",
      labelNames: ["carrier"] as const,
      registers,
    }),
    framesCaptured: new Gauge({
      name: "tillsight_camera_frames_captured",
      help: "Pictures the camera gave since the start.",
      registers,
    }),
    cameraReopened: new Gauge({
      name: "tillsight_camera_reopened",
      help: "Times the camera was opened again since the start.",
      registers,
    }),
    framesDropped: new Gauge({
      name: "tillsight_camera_frames_dropped",
      help: "Captured frames that a newer one replaced before they were looked at.",
      registers,
    }),
    tillTroubles: new Counter({
      name: "tillsight_till_troubles_total",
      help: "Attempts to tell the till something that did not succeed at once.",
      registers,
    }),
    tillConnected: new Gauge({
      name: "tillsight_till_connected",
      help: "1 while the till can be told of lines.",
      registers,
    }),
    tillLine: new Gauge({
      name: "tillsight_till_line_events",
      help: "What happened on the till's line since the start: transmissions, silences, discarded rubbish, outcomes.",
      labelNames: ["event"] as const,
      registers,
    }),
    outboxWaiting: new Gauge({
      name: "tillsight_outbox_waiting",
      help: "Messages that the till has not answered.",
      registers,
    }),
    partMaySell: new Gauge({
      name: "tillsight_part_may_sell",
      help: "1 while the part is ok or degraded, as /readyz counts it.",
      labelNames: ["part"] as const,
      registers,
    }),
    catalogLsn: new Gauge({
      name: "tillsight_catalog_lsn",
      help: "Newest applied change of the catalog.",
      registers,
    }),
    syncConnected: new Gauge({
      name: "tillsight_sync_connected",
      help: "1 while the lane is connected to the broker for its catalog; 0 also where it stands alone.",
      registers,
    }),
    syncBehind: new Gauge({
      name: "tillsight_sync_behind",
      help: "LSNs between the lane and the newest head that it heard.",
      registers,
    }),
    syncRefused: new Gauge({
      name: "tillsight_sync_refused",
      help: "Messages of catalog sync that were refused since the start, by reason.",
      labelNames: ["reason"] as const,
      registers,
    }),
    uplinkConnected: new Gauge({
      name: "tillsight_uplink_connected",
      help: "1 while records can go up to headquarters.",
      registers,
    }),
    uplinkWaiting: new Gauge({
      name: "tillsight_uplink_waiting",
      help: "Records that headquarters has not confirmed.",
      labelNames: ["stream"] as const,
      registers,
    }),
    uplinkDropped: new Gauge({
      name: "tillsight_uplink_dropped",
      help: "Records for which the outbox had no room, since it began.",
      labelNames: ["stream"] as const,
      registers,
    }),
    references: new Gauge({
      name: "tillsight_catalog_references",
      help: "References that are searched.",
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
