import type { HealthReport } from "@tillsight/contracts";
import type { CloudCatalog } from "../catalog/catalog.js";
import { enrolHealth } from "../enrol/health.js";
import type { Fleet } from "../fleet/fleet.js";
import type { Publisher } from "../publish/publisher.js";
import type { Database } from "../storage/database.js";

export const version = "0.1.0";

export interface Reported {
  readonly db: Database;
  readonly catalog: CloudCatalog;
  readonly publisher: Publisher;
  readonly fleet: Fleet;
}

/** How headquarters fares, part by part. */
export async function report({ db, catalog, publisher, fleet }: Reported): Promise<HealthReport> {
  const parts: HealthReport["parts"] = { publisher: publisher.health(), fleet: fleet.health() };
  try {
    const { lsn } = await catalog.state();
    const unpublished = await publisher.ledger.unpublishedCount();
    parts.catalog = {
      state: "ok",
      detail: `LSN ${lsn}`,
      facts: { lsn, unpublished },
    };
    parts.enrolment = await enrolHealth(db);
  } catch (error) {
    parts.catalog = {
      state: "failed",
      detail: String(error),
      fix: "Look at the log; check the disk of the data folder.",
    };
  }
  const states = Object.values(parts).map((part) => part.state);
  const state = states.includes("failed") ? "failed" : states.includes("degraded") ? "degraded" : "ok";
  return { state, version, uptimeSeconds: process.uptime(), parts };
}
