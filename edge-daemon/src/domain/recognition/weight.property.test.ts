import type { Sku } from "@tillsight/contracts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { oddsOf } from "./odds.js";
import { calibration } from "./odds-fixture.js";
import type { Evidence } from "./votes.js";
import { type UnitWeight, type Weighed, weighIn, weightLogit } from "./weight.js";

const unit: fc.Arbitrary<UnitWeight> = fc.record({
  grams: fc.integer({ min: 1, max: 50_000 }),
  tolerance: fc.integer({ min: 0, max: 10_000 }),
});
const deviation = fc.double({ min: 0.1, max: 50, noNaN: true });
const weighed: fc.Arbitrary<Weighed> = fc.record({
  grams: fc.double({ min: 0.5, max: 60_000, noNaN: true }),
  deviation,
});
const skus = ["cola", "cola-zero", "tea"].map((sku) => sku as Sku);
const evidence: fc.Arbitrary<Evidence> = fc
  .array(fc.double({ min: 0.2, max: 0.99, noNaN: true }), { minLength: 1, maxLength: 3 })
  .map((scores) => ({
    frames: 3,
    floor: { mean: -1, frames: 3 },
    votes: scores.map((score, i) => ({
      ...{ sku: skus[i] as Sku, score, support: score, referenceId: `r${i}`, best: score, about: null },
    })),
  }));

const odds = (of: Evidence) => {
  const { ranked, none } = oddsOf(of, calibration, 0.2);
  return { none, of: new Map(ranked.map(({ vote, probability }) => [vote.sku, probability])) };
};

describe("the weight of an item", () => {
  test("never lowers the odds of a product that it fits", () => {
    fc.assert(
      fc.property(
        evidence,
        unit,
        deviation,
        fc.double({ min: -1, max: 1, noNaN: true }),
        (seen, u, d, off) => {
          const grams = u.grams + off * Math.hypot(d, u.tolerance / 2) * 2;
          fc.pre(grams > 0);
          const [first] = skus as [Sku];
          const after = weighIn(seen, { grams, deviation: d }, (sku) => (sku === first ? u : null));
          expect(odds(after).of.get(first)).toBeGreaterThanOrEqual(
            (odds(seen).of.get(first) as number) - 1e-12,
          );
        },
      ),
    );
  });

  test("changes nothing where no product's weight is known, or nothing was weighed", () => {
    fc.assert(
      fc.property(evidence, weighed, unit, (seen, w, u) => {
        expect(odds(weighIn(seen, w, () => null))).toEqual(odds(seen));
        expect(weighIn(seen, null, () => u)).toBe(seen);
        expect(
          odds(
            weighIn(
              weighIn(seen, w, () => u),
              null,
              () => u,
            ),
          ),
        ).toEqual(odds(seen));
      }),
    );
  });

  test("says the same when it is weighed in twice, and only so much either way", () => {
    fc.assert(
      fc.property(evidence, weighed, unit, (seen, w, u) => {
        const once = weighIn(seen, w, () => u);
        expect(weighIn(once, w, () => u)).toEqual(once);
        expect(Math.exp(weightLogit(w, u))).toBeGreaterThan(0.0099);
        expect(Math.exp(weightLogit(w, u))).toBeLessThan(10.001);
      }),
    );
  });

  test("tells a small bottle from a large one, and leaves two of one size as they were to each other", () => {
    const seen: Evidence = {
      ...{ frames: 3, floor: { mean: -1, frames: 3 } },
      votes: skus.map((sku) => ({ sku, score: 0.9, support: 0.9, referenceId: sku, best: 0.9, about: null })),
    };
    const grams: Record<string, number> = { cola: 520, "cola-zero": 520, tea: 1040 };
    const { of } = odds(
      weighIn(seen, { grams: 518, deviation: 3 }, (sku) => ({ grams: grams[sku] as number, tolerance: 6 })),
    );
    expect(of.get(skus[0] as Sku)).toBeCloseTo(of.get(skus[1] as Sku) as number, 12);
    expect((of.get(skus[0] as Sku) as number) / (of.get(skus[2] as Sku) as number)).toBeCloseTo(1000, 3);
  });
});
