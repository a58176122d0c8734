import type { Because, Decision, Gtin, Sku } from "@tillsight/contracts";
import type { DecisionCalibration } from "@tillsight/models";
import { describe, expect, it } from "vitest";
import { type BarcodeSeen, type DecisionRule, decide, decisionKey } from "./decide.js";
import { explain, inWords } from "./explain.js";
import { addFrame, type NearReference, noEvidence } from "./votes.js";

const calibration: DecisionCalibration = {
  version: 1,
  weights: { bias: -6, nearest: 4, support: 1, kin: 0, single: 0, crowd: 0 },
  kin: { low: 0.5, usual: 0.85, high: 0.97 },
  crowd: { low: 0.3, usual: 0.7, high: 0.95 },
  ...{ strangers: 0.5, frameCorrelation: 0.8, candidates: { mass: 0.95, least: 0.5 } },
  fit: { command: "test", metrics: {} },
};
const thresholds = { match: 0.8, ambiguous: 0.6, margin: 0.05 };
const prices = { wrongLine: 20, question: 1, search: 4, strangers: 0.2 };
const calibrated: DecisionRule = { ...thresholds, calibration, prices };

const ref = (sku: string, score: number): NearReference => ({
  ...{ sku: sku as Sku, referenceId: `${sku}-1`, score },
});
const code = (sku: string | null): BarcodeSeen => ({ gtin: "4006381333931" as Gtin, sku: sku as Sku | null });
const sure = [ref("a", 0.99), ref("b", 0.5)];

const cases: [name: string, NearReference[], BarcodeSeen[], decision: string, Because][] = [
  ["one product is clearly nearest", sure, [], "matched a", "sure"],
  ["two are as near as each other", [ref("a", 0.97), ref("b", 0.97)], [], "ambiguous a b", "alike"],
  ["one is likely, but not enough", [ref("a", 0.8), ref("b", 0.4)], [], "ambiguous a b", "unsure"],
  ["nothing is near", [ref("a", 0.3), ref("b", 0.2)], [], "unknown", "strange"],
  ["the catalog is empty", [], [], "unknown", "nothing"],
  ["a barcode names it", [ref("a", 0.3)], [code("b")], "matched b", "barcode"],
  ["a barcode speaks against the picture", sure, [code("b")], "conflict b a", "contradiction"],
  ["barcodes of two others", [ref("a", 0.3)], [code("b"), code("c")], "ambiguous b c", "twoBarcodes"],
  ["a barcode that the catalog does not sell changes nothing", sure, [code(null)], "matched a", "sure"],
];

describe("why an item is what it is", () => {
  it.each(cases)("%s", (_name, near, codes, wanted, because) => {
    const evidence = addFrame(noEvidence, near);
    const decision = decide(evidence, codes, calibrated);
    expect(decisionKey(decision)).toBe(wanted);
    expect(explain(evidence, decision, calibrated).because).toBe(because);
  });

  it("a match that was held back was a picture of a product", () => {
    const evidence = addFrame(noEvidence, sure);
    const heldBack: Decision = { kind: "unknown", best: [] };
    expect(explain(evidence, heldBack, calibrated).because).toBe("picture");
    expect(explain(evidence, heldBack, thresholds).because).toBe("picture");
  });

  it("in words, it names products, references, probabilities and what was needed", () => {
    const evidence = addFrame(noEvidence, [ref("a", 0.8), ref("b", 0.4)]);
    const words = inWords(explain(evidence, decide(evidence, [], calibrated), calibrated));
    expect(words).toMatch(
      /^its picture is not clear enough, by 1 frame; nearest a \(\d+ %, similarity 0\.800 to reference a-1\); second b \(.*\); none of the catalog [\d.]+ %; taken without asking from 95 %$/,
    );
  });

  it("without a calibration it speaks of similarities only", () => {
    const evidence = addFrame(noEvidence, sure);
    const why = explain(evidence, decide(evidence, [], thresholds), thresholds);
    expect(why).toMatchObject({ because: "sure", none: null, needed: 0.8, first: { probability: null } });
    expect(inWords(why)).not.toContain("%");
  });
});

describe("a shift of what is outside the catalog", () => {
  it("many strangers turn a match into a question", () => {
    const evidence = addFrame(noEvidence, [ref("a", 0.82), ref("b", 0.4)]);
    const at = (strangers: number) =>
      decide(evidence, [], { ...calibrated, prices: { ...prices, strangers } }).kind;
    expect([at(0.01), at(0.7)]).toEqual(["matched", "ambiguous"]);
  });
});
