import { describe, expect, it } from "vitest";
import { createRandom } from "../../virtual/random.js";
import { type Choice, fitChoice, logLoss, probabilities, solve } from "./choice.js";

/** Items whose truth is drawn by known weights: first feature 3, second 0, bias -1. */
function drawn(count: number): Choice[] {
  const random = createRandom(5);
  return Array.from({ length: count }, () => {
    const candidates = Array.from({ length: 4 }, () => [random.between(-1, 1), random.between(-1, 1)]);
    const { each } = probabilities([3, 0, -1], { candidates });
    let left = random.next();
    const truth = each.findIndex((p) => {
      left -= p;
      return left < 0;
    });
    return { candidates, truth: truth < 0 ? null : truth, weight: 1 };
  });
}

describe("the fit of a choice with an outside option", () => {
  it("finds the weights by which the truth was drawn", () => {
    const [a = 0, b = 0, bias = 0] = fitChoice(drawn(4_000), [true, true], new Set());
    expect([a, b, bias]).toEqual([3, 0, -1].map((v) => expect.closeTo(v, 0)));
    expect(Math.abs(b)).toBeLessThan(0.2);
  });

  it("never does worse than knowing nothing, and leaves out what is not used", () => {
    const choices = drawn(500);
    const w = fitChoice(choices, [true, false], new Set());
    expect(w[1]).toBe(0);
    expect(logLoss(w, choices)).toBeLessThan(logLoss([0, 0, 0], choices));
  });

  it("a weight that must rise and wants to fall is left out", () => {
    const turned = drawn(500).map((c) => ({
      ...c,
      candidates: c.candidates.map(([a = 0, b = 0]) => [-a, b]),
    }));
    expect(fitChoice(turned, [true, true], new Set([0]))[0]).toBe(0);
  });

  it("solves equations whose first pivot is zero", () => {
    const want = [expect.closeTo(2, 9), expect.closeTo(1, 9)];
    expect(
      solve(
        [
          [0, 1],
          [2, 1],
        ],
        [1, 5],
      ),
    ).toEqual(want);
  });
});
