import type { HealthReport } from "@tillsight/contracts";
import type { Copies } from "../copies/copies.js";
import type { Fleet } from "../fleet/fleet.js";
import type { Publisher } from "../publish/publisher.js";
import type { Database } from "../storage/database.js";
import type { UpwardStore } from "../upward/store.js";
import { readFigures } from "./figures.js";
import type { Metrics } from "./metrics.js";

/** What the figures are read from. */
export interface Measured {
  readonly metrics: Metrics;
  readonly db: Database;
  readonly copies: Pick<Copies, "count">;
  readonly publisher: Pick<Publisher, "connected" | "sent" | "waiting" | "rejected">;
  readonly fleet: Pick<Fleet, "rejected">;
  readonly upward: Pick<UpwardStore, "received">;
  health(): Promise<HealthReport>;
  readonly now?: () => Date;
}

/** A scrape must end before Prometheus gives it up, ms: its usual limit is 10 s. */
const patienceMs = 5_000;

/** Brings what is read rather than counted up to date, and gives all metrics as Prometheus text. */
export async function measure(measured: Measured): Promise<string> {
  const { metrics, db, copies, publisher, fleet, upward, now = () => new Date() } = measured;
  metrics.copies.set(copies.count);
  metrics.brokerConnected.set(publisher.connected ? 1 : 0);
  metrics.lanesWaiting.set(publisher.waiting);
  metrics.rejected.set(publisher.rejected + fleet.rejected);
  for (const [kind, count] of Object.entries(publisher.sent)) metrics.published.set({ kind }, count);
  for (const { store, stream, count } of upward.received()) metrics.received.set({ store, stream }, count);
  for (const [state, count] of Object.entries(db.connections?.() ?? {}))
    metrics.databaseConnections.set({ state }, count);
  const read = async () => {
    await readFigures(db, metrics, now());
    const { parts } = await measured.health();
    for (const [part, { state }] of Object.entries(parts))
      metrics.partOk.set({ part }, state === "ok" ? 1 : 0);
    return 1;
  };
  metrics.databaseUp.set(await within(read(), patienceMs));
  return metrics.registry.metrics();
}

/** 0 when it failed or takes too long: a scrape says what can be said. */
async function within(work: Promise<number>, ms: number): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<number>((resolve) => {
    timer = setTimeout(() => resolve(0), ms);
  });
  const done = work.catch(() => 0);
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}
