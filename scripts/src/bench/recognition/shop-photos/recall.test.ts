import { describe, expect, it } from "vitest";
import { createRandom } from "../../../virtual/random.js";
import { recallOf } from "./recall.js";

const at = (classId: number, x: number, y: number) => ({
  classId,
  vector: Float32Array.from([x, y].map((v) => v / Math.hypot(x, y))),
});
const near = [at(1, 1, 0), at(1, 1, 0.1), at(2, 0, 1), at(2, 0.1, 1)];

describe("recall@1 with references drawn by chance", () => {
  it("asks about every other picture of the same set, and about no reference", () => {
    const odd = [...near, at(1, 0, 1)];
    // Two of class 1 are drawn of three: where the odd one is left, it is taken for class 2.
    const recall = recallOf(odd, odd, true, 2, 300, createRandom(3));
    expect(recall).toBeGreaterThan(0.2);
    expect(recall).toBeLessThan(0.8);
  });

  it("is 1 where each class lies by itself, and 0 where they were mixed up", () => {
    const mixed = near.map(({ classId, vector }) => ({ classId: 3 - classId, vector }));
    expect(recallOf(near, near, false, 1, 4, createRandom(1))).toBe(1);
    expect(recallOf(near, mixed, false, 1, 4, createRandom(1))).toBe(0);
  });
});
