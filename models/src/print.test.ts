import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { likelihoodOf, loadPrintJudge, lookFrom, viewsOf } from "./print.js";
import { printManifest, tinyPrint, writeModel } from "./testing/tiny-onnx.js";

const SIDE = 32;
const bytes = tinyPrint(SIDE);
const manifest = printManifest(bytes, SIDE);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tillsight-print-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Left half black, right half of one colour. */
function halves(width: number, height: number, colour: readonly number[]) {
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < data.length; at += 3) if ((at / 3) % width >= width / 2) data.set(colour, at);
  return { width, height, data };
}

describe("what is looked at of an item", () => {
  const picture = halves(400, 300, [255, 255, 255]);

  it("a small one is looked at once, with what surrounds it", () => {
    const [whole, ...more] = viewsOf(picture, { x: 100, y: 100, w: 20, h: 10 }, SIDE, 0.15);
    expect([whole?.width, whole?.height, more.length]).toEqual([26, 16, 0]);
  });

  it("of a large one the camera's own pixels are looked at, too", () => {
    const views = viewsOf(picture, { x: 100, y: 100, w: 120, h: 20 }, SIDE, 0.15);
    expect(views.map((v) => [v.width, v.height])).toEqual([
      [156, 56],
      [32, 20],
    ]);
  });

  it("at the picture's edge it is cut to what there is", () => {
    const [whole] = viewsOf(picture, { x: 0, y: 290, w: 20, h: 10 }, SIDE, 0.15);
    expect([whole?.width, whole?.height]).toEqual([23, 13]);
  });
});

describe("what is concluded from the network's answer", () => {
  const cases: [situation: string, logits: number[][], least: number, most: number][] = [
    ["clearly the thing itself", [[9, 0, 0, 0]], 0, 0.001],
    ["clearly on a screen", [[0, 0, 9, 0]], 0.999, 1],
    ["three kinds of picture count together", [[0, 0, 0, 0]], likelihoodOf(2 * Math.log(3) - 1) - 1e-9, 1],
    [
      "two views are averaged",
      [
        [9, 0, 0, 0],
        [0, 0, 9, 0],
      ],
      0.2,
      0.9,
    ],
  ];
  it.each(cases)("%s", (_situation, logits, least, most) => {
    const { logOdds, kinds } = lookFrom(logits, manifest);
    expect(likelihoodOf(logOdds)).toBeGreaterThanOrEqual(least);
    expect(likelihoodOf(logOdds)).toBeLessThanOrEqual(most);
    expect(kinds.print + kinds.screen + kinds.label).toBeCloseTo(1, 9);
  });

  it("a number that is none is refused", () => {
    expect(() => lookFrom([[Number.NaN, 0, 0, 0]], manifest)).toThrow(/impossible answer/);
  });
});

describe("a network of this kind", () => {
  it("judges every item of a picture in one call, in order", async () => {
    await writeModel(folder, manifest, "print.onnx", bytes);
    const judge = await loadPrintJudge({ folder, threads: 1 });
    const picture = halves(400, 300, [0, 255, 0]);
    const before = judge.rawTime().calls;
    const [dark, bright] = await judge.judge(picture, [
      { x: 20, y: 100, w: 20, h: 20 },
      { x: 240, y: 100, w: 120, h: 120 },
    ]);
    expect(judge.rawTime().calls - before).toBe(1);
    expect(dark?.logOdds).toBeCloseTo(2 * Math.log(3) - 1, 3);
    expect(bright?.logOdds).toBeGreaterThan(dark?.logOdds ?? 0);
    expect(bright?.kinds.screen).toBeGreaterThan(0.5);
    expect(await judge.judge(picture, [])).toEqual([]);
    await judge.close();
  });

  it("need not be there", async () => {
    await expect(loadPrintJudge({ folder })).rejects.toMatchObject({ code: "MODEL_MISSING" });
  });

  it.each([
    ["no margin", { ...manifest, margin: undefined }, /margin/],
    ["a limit that everything reaches", { ...manifest, thresholds: { notice: 0 } }, /notice/],
    [
      "a calibration that turns the answer round",
      { ...manifest, calibration: { scale: -1, shift: 0 } },
      /scale/,
    ],
  ])("with %s is refused, and the field is named", async (_name, wrong, named) => {
    await writeModel(folder, wrong, "print.onnx", bytes);
    await expect(loadPrintJudge({ folder })).rejects.toThrow(named);
  });
});
