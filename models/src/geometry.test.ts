import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crop, cropBox, resize } from "./crop.js";
import { fromLetterbox, Letterboxer, letterboxOf, toLetterbox } from "./letterbox.js";
import { intersectionOverUnion, suppress } from "./nms.js";
import type { Picture } from "./picture.js";
import { makeTaps } from "./resample.js";

const side = fc.integer({ min: 1, max: 2000 });

function picture(
  width: number,
  height: number,
  pixel: (x: number, y: number) => [number, number, number],
): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(pixel(x, y), (y * width + x) * 3);
  return { width, height, data };
}

describe("letterbox", () => {
  const places: [name: string, from: [number, number], into: [number, number], want: number[]][] = [
    ["a wide picture has bars above and below", [1280, 720], [640, 640], [640, 360, 0, 140]],
    ["a tall picture has bars at its sides", [50, 100], [96, 96], [48, 96, 24, 0]],
    ["the same size stays as it is", [416, 416], [416, 416], [416, 416, 0, 0]],
    ["a line of one pixel does not vanish", [2000, 1], [64, 64], [64, 1, 0, 31]],
    ["a small picture is enlarged", [10, 5], [100, 100], [100, 50, 0, 25]],
  ];
  it.each(places)("%s", (_name, [w, h], [iw, ih], want) => {
    const at = letterboxOf({ width: w, height: h }, { width: iw, height: ih });
    expect([at.width, at.height, at.left, at.top]).toEqual(want);
  });

  it("boxes come back where they were, for any sizes", () => {
    fc.assert(
      fc.property(
        side,
        side,
        side,
        side,
        fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { minLength: 4, maxLength: 4 }),
        (w, h, iw, ih, [x = 0, y = 0, bw = 0, bh = 0]) => {
          const at = letterboxOf({ width: w, height: h }, { width: iw, height: ih });
          const back = fromLetterbox(toLetterbox({ x, y, w: bw, h: bh }, at), at);
          for (const [got, want] of [
            [back.x, x],
            [back.y, y],
            [back.w, bw],
            [back.h, bh],
          ] as const)
            expect(Math.abs(got - want)).toBeLessThan(1e-6 * (1 + want));
        },
      ),
    );
  });

  it("writes normalised channels apart and the fill around them", () => {
    const input = {
      name: "i",
      width: 4,
      height: 4,
      layout: "NCHW" as const,
      channels: "RGB" as const,
      mean: [127.5, 0, 0] as [number, number, number],
      std: [127.5, 255, 255] as [number, number, number],
      letterbox: 114,
    };
    const boxer = new Letterboxer(input);
    const tensor = new Float32Array(boxer.length + 5).fill(9);
    boxer.write(
      picture(8, 4, () => [255, 51, 0]),
      tensor,
      5,
    );
    const red = [...tensor.subarray(5, 21)];
    const fill = (114 - 127.5) / 127.5;
    expect(red).toEqual(
      [fill, fill, fill, fill, 1, 1, 1, 1, 1, 1, 1, 1, fill, fill, fill, fill].map((n) =>
        expect.closeTo(n, 5),
      ),
    );
    expect(tensor[5 + 16 + 4]).toBeCloseTo(0.2, 5);
    expect(tensor[5 + 32 + 4]).toBeCloseTo(0, 5);
    expect([...tensor.subarray(0, 5)]).toEqual([9, 9, 9, 9, 9]);
  });

  it("does not leave the last picture's pixels in the bars of the next", () => {
    const boxer = new Letterboxer({
      name: "i",
      width: 4,
      height: 4,
      layout: "NCHW",
      channels: "RGB",
      mean: [0, 0, 0],
      std: [1, 1, 1],
      letterbox: 0,
    });
    const tensor = new Float32Array(boxer.length);
    boxer.write(
      picture(4, 4, () => [255, 255, 255]),
      tensor,
      0,
    );
    boxer.write(
      picture(4, 2, () => [255, 255, 255]),
      tensor,
      0,
    );
    expect([...tensor.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
  });
});

describe("scaling", () => {
  it("weights of every output sum to one and stay inside the input", () => {
    fc.assert(
      fc.property(side, side, (from, to) => {
        const taps = makeTaps(from, to, 12);
        for (let i = 0; i < to; i++) {
          const sum = taps.weights.subarray(i * taps.width, (i + 1) * taps.width).reduce((a, b) => a + b, 0);
          expect(sum).toBe(4096);
          expect(taps.first[i]).toBeGreaterThanOrEqual(0);
          expect((taps.first[i] ?? 0) + taps.width).toBeLessThanOrEqual(from);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("an even picture stays exactly as it was, whatever the size", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 300 }),
        fc.nat(255),
        (from, to, grey) => {
          const scaled = resize(
            picture(from, 7, () => [grey, 255, 0]),
            to,
            5,
          );
          expect(new Set(scaled.data)).toEqual(new Set([grey, 255, 0]));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("shrinking averages every pixel, so fine stripes become grey", () => {
    const stripes = picture(64, 64, (x) => (x % 2 ? [255, 255, 255] : [0, 0, 0]));
    expect([...new Set(resize(stripes, 8, 8).data)]).toEqual([128]);
  });

  it("an enlarged ramp stays a ramp", () => {
    const ramp = resize(
      picture(2, 1, (x) => [x * 200, 0, 0]),
      4,
      1,
    );
    expect([0, 3, 6, 9].map((i) => ramp.data[i])).toEqual([0, 50, 150, 200]);
  });
});

describe("crop", () => {
  const tray = picture(100, 80, (x, y) => [x, y, 7]);
  const cases: [
    name: string,
    box: [number, number, number, number],
    want: [number, number, number, number],
  ][] = [
    ["leaves a margin of the longer side", [40, 30, 20, 10], [38, 28, 24, 14]],
    ["is clipped at the edge", [0, 70, 10, 10], [0, 69, 11, 11]],
    ["of a box outside is still a pixel", [500, 500, 10, 10], [99, 79, 1, 1]],
  ];
  it.each(cases)("%s", (_name, [x, y, w, h], [cx, cy, cw, ch]) => {
    const box = { x, y, w, h };
    expect(cropBox(tray, box, 0.1)).toEqual({ x: cx, y: cy, w: cw, h: ch });
    const cut = crop(tray, box, 0.1);
    expect([cut.width, cut.height, cut.data[0], cut.data[1]]).toEqual([cw, ch, cx, cy]);
  });
});

describe("non-maximum suppression", () => {
  const at = (x: number, score: number, w = 10) => ({ box: { x, y: 0, w, h: 10 }, score });
  const cases: [name: string, given: ReturnType<typeof at>[], want: number[]][] = [
    ["nothing in, nothing out", [], []],
    ["the better of two doubles stays", [at(0, 0.5), at(1, 0.9)], [0.9]],
    ["neighbours stay, best first", [at(0, 0.5), at(10, 0.9)], [0.9, 0.5]],
    ["a chain keeps its ends", [at(0, 0.9), at(3, 0.8), at(6, 0.7)], [0.9, 0.7]],
    ["a small item inside a large one stays", [at(0, 0.9, 40), at(5, 0.8)], [0.9, 0.8]],
  ];
  it.each(cases)("%s", (_name, given, want) => {
    expect(suppress(given, 0.45).map((d) => d.score)).toEqual(want);
  });

  it("overlap is between 0 and 1 and the same both ways", () => {
    const box = fc.record({ x: side, y: side, w: fc.nat(300), h: fc.nat(300) });
    fc.assert(
      fc.property(box, box, (a, b) => {
        const iou = intersectionOverUnion(a, b);
        expect(iou).toBe(intersectionOverUnion(b, a));
        expect(iou >= 0 && iou <= 1).toBe(true);
      }),
    );
  });
});
