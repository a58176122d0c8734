import type { Camera } from "../ports/camera.js";
import type { Assembly } from "./assembly.js";
import type { Selling } from "./selling.js";

/** What the figures are read from. */
export interface Measured extends Pick<Assembly, "metrics" | "health"> {
  readonly camera: Pick<Camera, "status">;
  readonly catalog: Pick<Selling["catalog"], "lsn" | "referenceCount">;
  readonly sink: Pick<Selling["sink"], "connected" | "counters">;
  readonly keeper: Pick<Selling["keeper"], "waiting">;
}

/** Brings what is read rather than counted up to date, and gives all metrics as Prometheus text. */
export function measure({ metrics, health, camera, catalog, sink, keeper }: Measured): Promise<string> {
  const { captured, dropped, reopened } = camera.status();
  metrics.framesCaptured.set(captured);
  metrics.framesDropped.set(dropped);
  metrics.cameraReopened.set(reopened);
  metrics.catalogLsn.set(catalog.lsn);
  metrics.references.set(catalog.referenceCount);
  metrics.tillConnected.set(sink.connected() ? 1 : 0);
  metrics.outboxWaiting.set(keeper.waiting());
  for (const [event, count] of Object.entries(sink.counters())) metrics.tillLine.set({ event }, count);
  for (const [part, { state }] of Object.entries(health.report().parts))
    metrics.partMaySell.set({ part }, state === "ok" || state === "degraded" ? 1 : 0);
  return metrics.registry.metrics();
}
