import { describe, expect, it } from "vitest";
import type { Outcome } from "./open-set.js";
import { acceptCurve, bestWithin, ratesOf } from "./open-set-rates.js";

const known = (decision: Outcome["decision"], holdsTruth: boolean, score = 0.9): Outcome => ({
  ...{ known: true, decision, holdsTruth, score, bestIsTrue: holdsTruth },
});
const stranger = (decision: Outcome["decision"], score: number): Outcome => ({
  ...{ known: false, decision, holdsTruth: false, score, bestIsTrue: false },
});

describe("rates", () => {
  it("count goods in the catalog and goods outside of it apart", () => {
    const rates = ratesOf([
      ...[known("matched", true), known("matched", false), known("ambiguous", true), known("unknown", false)],
      ...[
        stranger("matched", 0.9),
        stranger("ambiguous", 0.8),
        stranger("unknown", 0.2),
        stranger("unknown", 0.1),
      ],
    ]);
    expect(rates).toEqual({
      ...{ falseAccepts: 0.25, correctAccepts: 0.25, wrongAccepts: 0.25, asked: 0.25, unknown: 0.25 },
      ...{ askedWithTruth: 1, strangersAsked: 0.25 },
    });
  });
  it("a share of nothing is no number", () => {
    expect(ratesOf([known("matched", true)]).falseAccepts).toBeNaN();
  });
});

describe("the curve", () => {
  const outcomes = [
    ...[
      known("matched", true, 0.9),
      known("matched", true, 0.7),
      known("unknown", false, 0.5),
      known("unknown", true, 0.3),
    ],
    ...[stranger("unknown", 0.8), stranger("unknown", 0.2)],
  ];
  it("rises from the strictest threshold to none", () => {
    const curve = acceptCurve(outcomes);
    expect(curve.map((p) => [p.falseAccepts, p.correctAccepts])).toEqual([
      [0, 0.25],
      [0.5, 0.75],
      [1, 0.75],
    ]);
  });
  it("gives the most correct accepts within a limit", () => {
    expect(bestWithin(acceptCurve(outcomes), 0.005)?.correctAccepts).toBe(0.25);
    expect(bestWithin(acceptCurve(outcomes), 0.5)?.correctAccepts).toBe(0.75);
  });
});
