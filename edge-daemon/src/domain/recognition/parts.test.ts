import type { Box, Sku } from "@tillsight/contracts";
import { describe, expect, it } from "vitest";
import { isOneItem, type Piece, pairsToTry } from "./parts.js";

const carrot = "carrot" as Sku;
const pear = "pear" as Sku;
const body: Piece = {
  box: { x: 100, y: 100, w: 100, h: 100 },
  sku: carrot,
  best: carrot,
  score: 0.95,
  lead: 0.3,
};
const leaves = (box: Partial<Box> = {}, sku: Sku | null = null): Piece => ({
  box: { x: 130, y: 60, w: 40, h: 44, ...box },
  sku,
  best: sku ?? pear,
  score: 0.8,
  lead: 0.02,
});

describe("pieces that are looked at together", () => {
  const cases: [name: string, pieces: Piece[], pairs: [part: number, whole: number][]][] = [
    ["a small one that touches a larger one", [body, leaves()], [[1, 0]]],
    ["a small one a little way off", [body, leaves({ y: 53 })], [[1, 0]]],
    ["not one that lies apart", [body, leaves({ y: 30 })], []],
    ["not one that is nearly as large", [body, leaves({ x: 180, w: 90, h: 90 })], []],
    ["not one that clearly shows a product", [body, leaves({}, pear)], []],
    [
      "a small one between two larger ones, with each",
      [body, { ...body, box: { ...body.box, y: -30 } }, leaves()],
      [
        [2, 1],
        [2, 0],
      ],
    ],
    ["nothing alone", [body], []],
  ];
  it.each(cases)("%s", (_name, pieces, pairs) => {
    expect(pairsToTry(pieces).map(({ part, whole }) => [part, whole])).toEqual(pairs);
  });

  it("are cut out together", () => {
    expect(pairsToTry([body, leaves()])[0]?.box).toEqual({ x: 100, y: 60, w: 100, h: 140 });
  });

  it("are few, the smallest parts first, on the fullest tray", () => {
    const many = Array.from({ length: 20 }, (_, i) => leaves({ x: 100 + i * 4, w: 30 - i }));
    const pairs = pairsToTry([body, ...many]);
    expect(pairs).toHaveLength(6);
    expect(pairs[0]?.part).toBe(20);
  });
});

describe("two pieces", () => {
  const unclear: Piece = { ...body, sku: null, score: 0.85 };
  const unclearPear: Piece = { ...unclear, best: pear };
  const cases: [name: string, whole: Piece, together: Partial<Piece>, one: boolean][] = [
    ["that show the product even better together are one item", body, { score: 0.97 }, true],
    ["that show it nearly as well together are one item", body, { score: 0.93 }, true],
    ["that show it much less together are two", body, { score: 0.91 }, false],
    ["that show another product together are two", body, { sku: pear, best: pear, score: 0.97 }, false],
    ["neither of which is clear alone are one where they are together", unclear, { score: 0.93 }, true],
    ["that are most like the larger one's product, with a lead, are one", unclear, { sku: null }, true],
    ["that are most like it with hardly a lead are two", unclear, { sku: null, lead: 0.09 }, false],
    ["that are a little less like it, and not clear, are two", unclear, { sku: null, score: 0.84 }, false],
    ["that are most like another product than the larger are two", unclearPear, { sku: null }, false],
    ["of an empty catalog are two", unclear, { sku: null, best: null, lead: 0 }, false],
  ];
  it.each(cases)("%s", (_name, whole, together, one) => {
    expect(isOneItem(leaves(), whole, { ...body, score: whole.score, ...together })).toBe(one);
  });

  it("are two where the larger holds the smaller and neither is clear: together they are the larger", () => {
    const held = leaves({ y: 120 });
    expect(isOneItem(held, unclear, { ...body, sku: null, score: 0.85 })).toBe(false);
  });
});
