import { describe, expect, test } from "vitest";
import { testPicture } from "../../test-helpers.js";
import type { PhotoReading } from "../reading.js";
import { measureArtificial } from "./artificial.js";
import { exposure } from "./exposure.js";
import { part, shrink, toGray } from "./gray.js";
import { judge, limits, outcomeOf } from "./judge.js";
import { sharpness } from "./sharpness.js";
import type { Conflict } from "./verdict.js";

const match = 0.86;
const box = { x: 100, y: 100, w: 200, h: 200 };
const good: PhotoReading = {
  ...{ width: 800, height: 600, box, boxes: [box], vector: new Float32Array(4), sharpness: 1 },
  ...{ exposure: { mean: 120, range: 150, black: 0, white: 0 }, artificial: 0.1, inferenceMs: 1 },
};
const like = (similarity: number): Conflict => ({
  sku: "other",
  reference: "r",
  photo: "photo/r",
  similarity,
});
const light = (fields: Partial<PhotoReading["exposure"]>) => ({ exposure: { ...good.exposure, ...fields } });
const beside = { x: 500, y: 100, w: 190, h: 200 };

const cases: [
  name: string,
  reading: Partial<PhotoReading>,
  conflicts: Conflict[],
  codes: string[],
  outcome: string,
][] = [
  ["a good photo", {}, [], [], "enrolled"],
  ["a product far away", { box: { ...box, w: 40 }, boxes: [] }, [], ["small"], "held"],
  ["a product of few pixels", { box: { ...box, w: 20 }, boxes: [] }, [], ["small"], "refused"],
  ["a blurred one", { sharpness: limits.blurred / 2 }, [], ["blurred"], "held"],
  ["one in the dark", light({ mean: 20, range: 30 }), [], ["dark"], "held"],
  ["a black product in good light", light({ mean: 30, range: 120 }), [], [], "enrolled"],
  ["one washed out by light", light({ mean: 240, white: 0.8 }), [], ["bright"], "held"],
  [
    "a cut-out on white, taken whole",
    { ...light({ mean: 240, white: 0.8 }), box: null, boxes: [] },
    [],
    ["noProduct"],
    "enrolled",
  ],
  [
    "a plain wall",
    { ...light({ range: 5 }), box: null, boxes: [] },
    [],
    ["noContrast", "noProduct"],
    "refused",
  ],
  ["a shelf, taken whole", { box: null, boxes: [box, beside] }, [], ["crowded"], "enrolled"],
  ["two products", { boxes: [box, beside] }, [], ["severalProducts"], "held"],
  ["a product and a crumb", { boxes: [box, { ...beside, w: 40, h: 40 }] }, [], [], "enrolled"],
  ["a product and its own label", { boxes: [box, { x: 110, y: 110, w: 170, h: 150 }] }, [], [], "enrolled"],
  ["a drawing", { artificial: 0.97 }, [], ["artificial"], "enrolled"],
  ["one that another looks like", {}, [like(0.9)], ["lookAlike"], "enrolled"],
  ["one that another is hardly like", {}, [like(0.5)], [], "enrolled"],
  ["the picture of another product", {}, [like(0.995)], ["duplicate"], "held"],
];

describe("the verdict on", () => {
  test.each(cases)("%s", (_, reading, conflicts, codes, outcome) => {
    const verdict = judge({ ...good, ...reading }, conflicts, match);
    expect(verdict.findings.map(({ code }) => code).sort()).toEqual([...codes].sort());
    expect(outcomeOf(verdict, false)).toBe(outcome);
    expect(outcomeOf(verdict, true)).toBe("enrolled");
    for (const { message, fix } of verdict.findings) expect(`${message} ${fix}`).not.toMatch(/undefined|NaN/);
  });
});

describe("measures", () => {
  const gray = toGray(testPicture(200));
  const plain = { width: 64, height: 64, data: new Float32Array(64 * 64).fill(90) };

  test("a part is clipped to its picture, and shrinking keeps the mean", () => {
    expect(part(gray, { x: -5, y: -5, w: 20, h: 10 })).toMatchObject({ width: 15, height: 5 });
    const small = shrink(gray, 100);
    expect([small.width, small.height]).toEqual([60, 45]);
    expect(exposure(small).mean).toBeCloseTo(exposure(gray).mean, 0);
  });

  test("a plain surface has no sharpness, no range and no noise, and nothing is divided by zero", () => {
    expect(sharpness(plain)).toBe(0);
    expect(exposure(plain)).toMatchObject({ mean: 90, range: 0, black: 0, white: 0 });
    const picture = { width: 64, height: 64, data: new Uint8Array(64 * 64 * 3).fill(90) };
    for (const value of Object.values(measureArtificial(picture))) expect(value).toBeGreaterThanOrEqual(0);
    expect(measureArtificial(picture)).toMatchObject({ flat: 1, oneColour: 1, rim: 1 });
  });

  test.each([
    [1, 1],
    [1, 300],
    [7, 2],
  ])("a picture of %i x %i pixels has finite measures", (width, height) => {
    const data = new Uint8Array(width * height * 3).fill(200);
    const tiny = { width, height, data };
    for (const value of [sharpness(toGray(tiny)), ...Object.values(measureArtificial(tiny))])
      expect(Number.isFinite(value)).toBe(true);
  });

  test("sharpness does not depend on contrast", () => {
    const pale = { ...gray, data: gray.data.map((v) => 100 + v / 4) };
    expect(sharpness(pale) / sharpness(gray)).toBeCloseTo(1, 1);
  });
});
