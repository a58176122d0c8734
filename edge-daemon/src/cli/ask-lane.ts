import { HealthReport } from "@tillsight/contracts";
import type { DaemonConfig } from "../config/schema.js";

/** A lane under load may take its time. */
const patienceMs = 5_000;

/** Where the lane of this configuration tells its health. */
export const healthUrl = ({ kiosk }: DaemonConfig): string =>
  `http://${kiosk.host.includes(":") ? `[${kiosk.host}]` : kiosk.host}:${kiosk.port}/healthz`;

/** Health of the running lane. Rejects when none answers there, or something else does. */
export async function askLane(config: DaemonConfig, signal?: AbortSignal): Promise<HealthReport> {
  const limit = AbortSignal.timeout(patienceMs);
  const answer = await fetch(healthUrl(config), {
    signal: signal ? AbortSignal.any([signal, limit]) : limit,
  });
  return HealthReport.parse(await answer.json());
}
