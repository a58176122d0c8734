import type { Sku } from "@tillsight/contracts";
import type { DecisionCalibration } from "@tillsight/models";
import { describe, expect, it } from "vitest";
import type { DecisionRule } from "./decide.js";
import { freshItem, type ItemState, stepItem } from "./items.js";
import { defaultPrices } from "./prices.js";
import { DecisionTrace, type ItemTrace, replayTrace } from "./trace.js";
import type { Track } from "./tracker.js";
import { addFrame, type NearReference } from "./votes.js";

const calibration: DecisionCalibration = {
  version: 1,
  weights: { bias: -6, nearest: 4, support: 1, kin: -1, single: -1, crowd: -1 },
  kin: { low: 0.5, usual: 0.85, high: 0.97 },
  crowd: { low: 0.3, usual: 0.7, high: 0.95 },
  ...{ strangers: 0.5, frameCorrelation: 0.8, candidates: { mass: 0.95, least: 0.5 } },
  fit: { command: "test", metrics: {} },
};
const thresholds = { match: 0.8, ambiguous: 0.6, margin: 0.05 };
const track: Track = {
  ...{ id: "1", box: { x: 0, y: 0, w: 9, h: 9 }, score: 0.9, vector: new Float32Array(2), sku: null },
  ...{ hits: 3, confirmed: true, occluded: false, adrift: false, bareMs: 0, hiddenMs: 0, unseenMs: 0 },
};
const ref = (sku: string, score: number): NearReference => ({
  ...{ sku: sku as Sku, referenceId: `${sku}-1`, score },
});
const about = (): { references: number; kin: number; crowd: number } => ({
  references: 3,
  kin: 0.9,
  crowd: 0.7,
});

/** What the lane would write, as a file gives it back. */
function written(rule: DecisionRule, frames: readonly NearReference[][]): DecisionTrace {
  let state: ItemState = freshItem;
  const items: ItemTrace[] = [];
  for (const near of frames) {
    const step = stepItem(state, track, addFrame(state.evidence, near, about), () => null, rule);
    if (step.changed && step.trace) items.push(step.trace);
    state = step.state;
  }
  const { calibration: kept, prices, ...plain } = rule;
  const trace = {
    ...{ version: 1, at: "2026-01-02T03:04:05.000Z", thresholds: plain, calibration: kept, prices },
    frame: { seq: 1, sha256: "0".repeat(64), width: 9, height: 9 },
    ...{ models: { detector: "d", embedder: "e" }, catalogLsn: 1, items },
  };
  return DecisionTrace.parse(JSON.parse(JSON.stringify(trace)));
}

const wavering = [
  ...Array.from({ length: 3 }, () => [ref("a", 0.9), ref("b", 0.895)]),
  ...Array.from({ length: 12 }, () => [ref("a", 0.99), ref("b", 0.6)]),
];

describe("a trace that was read back", () => {
  it.each([
    ["by probabilities", { ...thresholds, calibration, prices: defaultPrices }],
    ["by thresholds", thresholds],
  ])("%s: gives the same answers again, with their reasons", (_name, rule) => {
    const trace = written(rule, wavering);
    expect(trace.items.length).toBeGreaterThan(1);
    for (const [i, { same, why }] of replayTrace(trace).entries()) {
      expect(same).toBe(true);
      expect(why).toEqual(trace.items[i]?.why);
    }
  });

  it("shows what other prices would have changed", () => {
    const trace = written({ ...thresholds, calibration, prices: defaultPrices }, wavering);
    const dear = { ...thresholds, calibration, prices: { ...defaultPrices, wrongLine: 1_000_000 } };
    expect(replayTrace(trace, dear).map(({ now }) => now?.kind)).not.toContain("matched");
  });
});
