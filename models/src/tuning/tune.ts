import type { Tuned } from "../networks.js";
import type { SessionSettings } from "../session.js";
import type { AnyModel } from "../store.js";
import { chooseTuning } from "./choose.js";
import { keepTuning, keptTuning, tuningKey } from "./keep.js";
import { measureTimings } from "./measure.js";

/** Without a measurement. Two threads leave a small machine its other cores. */
const DEFAULTS = { threads: 2, batch: 16 } as const;

/**
 * Threads and batch of a network: what is set; else what was measured here before; else, where it is asked for, what
 * is measured now and kept; else the defaults. A file that cannot be written costs a measurement at the next start.
 * @throws NoProviderError, CorruptModelError, ModelShapeError
 */
export async function tuningFor(model: AnyModel, settings: SessionSettings): Promise<Tuned> {
  const { threads, batch, tuning } = settings;
  if (threads !== undefined && (batch !== undefined || model.manifest.kind === "detector"))
    return { threads, batch: batch ?? 1, source: "set" };
  const fallback = { threads: threads ?? DEFAULTS.threads, batch: batch ?? DEFAULTS.batch };
  if (!tuning) return { ...fallback, source: "default" };
  const key = [tuningKey(model, settings.providers), threads ?? "any", batch ?? "any"].join(" | ");
  const kept = await keptTuning(tuning.file, key);
  if (kept) return { ...kept, source: "kept" };
  if (!tuning.measure) return { ...fallback, source: "default" };
  const { providers } = settings;
  const chosen = chooseTuning(
    await measureTimings(model, { ...(providers && { providers }), threads, batch }),
  );
  if (!chosen) return { ...fallback, source: "default" };
  await keepTuning(tuning.file, key, chosen).catch(() => undefined);
  return { ...chosen, source: "measured" };
}
