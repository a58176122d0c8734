import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shapeFor, shapesOf } from "./input-shape.js";
import { letterboxOf } from "./letterbox.js";

const shapes = [
  { width: 416, height: 416 },
  { width: 480, height: 352 },
  { width: 544, height: 320 },
  { width: 352, height: 480 },
  { width: 320, height: 544 },
];

describe("the shape of a network's input", () => {
  const cases: [what: string, picture: [number, number], want: [number, number]][] = [
    ["a square tray is seen in the square", [1800, 1800], [416, 416]],
    ["a camera of 16:9 in the widest", [1280, 720], [544, 320]],
    ["a camera of 4:3 between them", [640, 480], [480, 352]],
    ["a telephone's upright photo upright", [3024, 4032], [352, 480]],
    ["a screen held upright in the tallest", [1080, 1920], [320, 544]],
    ["a strip of a region of interest in the widest", [2000, 200], [544, 320]],
  ];
  it.each(cases)("%s", (_what, [width, height], [w, h]) => {
    expect(shapeFor({ width, height }, shapes)).toEqual({ width: w, height: h });
  });

  it("is the only one where the manifest names no other", () => {
    expect(shapesOf({ width: 416, height: 416 })).toEqual([{ width: 416, height: 416 }]);
  });

  it("names the manifest's own once, and first", () => {
    expect(
      shapesOf({
        width: 416,
        height: 416,
        shapes: [
          [544, 320],
          [416, 416],
        ],
      }),
    ).toEqual([
      { width: 416, height: 416 },
      { width: 544, height: 320 },
    ]);
  });

  it("never shows a picture smaller than the square would", () => {
    const side = fc.integer({ min: 1, max: 4000 });
    fc.assert(
      fc.property(side, side, (width, height) => {
        const picture = { width, height };
        const [square] = shapes;
        expect(letterboxOf(picture, shapeFor(picture, shapes)).scaleX).toBeGreaterThanOrEqual(
          letterboxOf(picture, square as (typeof shapes)[number]).scaleX * 0.999,
        );
      }),
    );
  });
});
