import { z } from "zod";

/** One part of the daemon as health sees it. `degraded` still sells; `failed` does not. */
export const PartHealth = z.strictObject({
  state: z.enum(["ok", "degraded", "failed", "starting"]),
  detail: z.string(),
  fix: z.string().optional(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
});
export type PartHealth = z.infer<typeof PartHealth>;

/** GET /healthz: alive and how each part fares. GET /readyz answers 200 only when every part may sell. */
export const HealthReport = z.strictObject({
  state: PartHealth.shape.state,
  version: z.string(),
  uptimeSeconds: z.number().min(0),
  parts: z.record(z.string(), PartHealth),
});
export type HealthReport = z.infer<typeof HealthReport>;
