import { defaultGateSettings } from "../domain/recognition/gate.js";
import type { RecogniserSettings } from "./recogniser.js";

/**
 * Settings of the loop from the few that are configured; the others are properties of hands and goods.
 * @param sameItem cosine similarity from the embedder's manifest (`thresholds.ambiguous`).
 */
export function recogniserSettings(
  config: { readonly settleMs: number; readonly goneMs: number },
  sameItem: number,
): RecogniserSettings {
  return {
    gate: { ...defaultGateSettings, settleMs: config.settleMs },
    tracker: {
      confirmFrames: 2,
      goneMs: config.goneMs,
      hiddenMs: Math.max(4_000, config.goneMs),
      unseenMs: Math.max(10_000, config.goneMs),
      sameItem,
    },
    idleMs: 500,
  };
}
