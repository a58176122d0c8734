import type { HealthReport, PartHealth } from "@tillsight/contracts";
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
export function measure(measured: Measured): Promise<string> {
  readFigures(measured);
  return measured.metrics.registry.metrics();
}

/** Brings what is read rather than counted up to date. */
export function readFigures({ metrics, health, camera, catalog, sink, keeper }: Measured): void {
  const { captured, dropped, reopened } = camera.status();
  metrics.framesCaptured.set(captured);
  metrics.framesDropped.set(dropped);
  metrics.cameraReopened.set(reopened);
  metrics.catalogLsn.set(catalog.lsn);
  metrics.references.set(catalog.referenceCount);
  metrics.tillConnected.set(sink.connected() ? 1 : 0);
  metrics.outboxWaiting.set(keeper.waiting());
  for (const [event, count] of Object.entries(sink.counters())) metrics.tillLine.set({ event }, count);
  const { parts } = health.report();
  for (const [part, { state }] of Object.entries(parts))
    metrics.partMaySell.set({ part }, state === "ok" || state === "degraded" ? 1 : 0);
  linkFigures(metrics, parts);
}

/** Figures of the two ways to headquarters, from what their health tells. */
function linkFigures(metrics: Measured["metrics"], { sync, uplink }: HealthReport["parts"]): void {
  const facts = (part: PartHealth | undefined) => Object.entries(part?.facts ?? {});
  for (const [name, value] of facts(sync)) {
    if (name === "connected") metrics.syncConnected.set(value ? 1 : 0);
    if (name === "behind" && typeof value === "number") metrics.syncBehind.set(value);
    if (name.startsWith("refused ")) metrics.syncRefused.set({ reason: name.slice(8) }, Number(value));
  }
  for (const [name, value] of facts(uplink)) {
    if (name === "connected") metrics.uplinkConnected.set(value ? 1 : 0);
    if (name.startsWith("waiting ")) metrics.uplinkWaiting.set({ stream: name.slice(8) }, Number(value));
    if (name.startsWith("dropped ")) metrics.uplinkDropped.set({ stream: name.slice(8) }, Number(value));
  }
}
