import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseReferences, straying } from "./references.js";

/** A picture somewhere on a circle: near angles look alike. */
const at = (degrees: number): Float32Array => {
  const turn = (degrees * Math.PI) / 180;
  return Float32Array.of(Math.cos(turn), Math.sin(turn));
};
const angles = fc.array(fc.integer({ min: 0, max: 179 }), { minLength: 1, maxLength: 12 });
const reach = (of: readonly Float32Array[], kept: readonly number[]): number =>
  of.reduce(
    (sum, [x = 0, y = 0]) =>
      sum + Math.max(...kept.map((k) => x * (of[k]?.[0] ?? 0) + y * (of[k]?.[1] ?? 0))),
    0,
  );

describe("choosing references", () => {
  it("keeps one of each side before a second one of any", () => {
    const sides = [0, 0, 0, 90, 90, 180];
    const kept = chooseReferences(sides.map(at), 3);
    expect(kept.map((i) => sides[i]).sort()).toEqual([0, 180, 90]);
  });

  it("keeps the middle of a heap where only one may stay", () => {
    expect(chooseReferences([10, 40, 20, 30, 22].map(at), 1)).toEqual([4]);
  });

  it("keeps what is settled, and of the others those that show something else", () => {
    expect(chooseReferences([0, 1, 90].map(at), 2, [1])).toEqual([1, 2]);
  });

  it("keeps as many different ones as it may, and all where they are few enough", () => {
    fc.assert(
      fc.property(angles, fc.integer({ min: 1, max: 15 }), (degrees, most) => {
        const kept = chooseReferences(degrees.map(at), most);
        expect(new Set(kept).size).toBe(Math.min(most, degrees.length));
      }),
    );
  });

  it("never covers worse with one more", () => {
    fc.assert(
      fc.property(angles, fc.integer({ min: 1, max: 11 }), (degrees, most) => {
        const pictures = degrees.map(at);
        const few = chooseReferences(pictures, most);
        const more = chooseReferences(pictures, most + 1);
        expect(more.slice(0, few.length)).toEqual(few);
        expect(reach(pictures, more)).toBeGreaterThanOrEqual(reach(pictures, few));
      }),
    );
  });
});

describe("a picture strays", () => {
  const cases: [name: string, own: number[], other: number[], by: number | null][] = [
    ["when another product's pictures are nearer", [0.3, 0.2], [0.9, 0.8], 0.6],
    ["not when its own are", [0.9, 0.8], [0.3, 0.2], -0.6],
    ["hardly for one odd picture of the other product", [0.8, 0.8, 0.8], [0.95, 0.3, 0.2], -0.175],
    ["by as many pictures as its own product has", [0.4], [0.9, 0.1, 0.1], 0.5],
    ["unknown of a product's only picture", [], [0.9, 0.9], null],
    ["unknown against a product with one picture", [0.2, 0.2], [0.9], null],
  ];
  it.each(cases)("%s", (_, own, other, by) => {
    const strays = straying(own, other);
    if (by === null) expect(strays).toBeNull();
    else expect(strays).toBeCloseTo(by, 3);
  });
});
