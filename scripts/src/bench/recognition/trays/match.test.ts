import type { Box } from "@tillsight/contracts";
import { describe, expect, it } from "vitest";
import { assign, averagePrecision, mergedItems } from "./match.js";

const box = (x: number, w = 10): Box => ({ x, y: 0, w, h: 10 });
const seen = (x: number, score: number, w = 10) => ({ box: box(x, w), score });

describe("which box has found which item", () => {
  it("each item is found once, by the best score that fits", () => {
    expect(assign([seen(1, 0.6), seen(0, 0.9), seen(40, 0.5)], [box(0), box(40)])).toEqual([-1, 0, 1]);
  });
  it("half an overlap is needed", () => {
    expect(assign([seen(5, 0.9)], [box(0)])).toEqual([-1]);
    expect(assign([seen(3, 0.9)], [box(0)])).toEqual([0]);
  });
  it("one box around two items has merged them", () => {
    expect([...mergedItems([seen(0, 0.9, 22)], [box(0), box(12), box(60)])]).toEqual([0, 1]);
    expect([...mergedItems([seen(0, 0.9)], [box(0), box(9)])]).toEqual([]);
  });
});

describe("average precision", () => {
  const truths = [box(0), box(40)];
  const table: [name: string, detections: ReturnType<typeof seen>[], want: number][] = [
    ["all found, nothing else", [seen(0, 0.9), seen(40, 0.8)], 1],
    ["nothing found", [], 0],
    ["half found", [seen(0, 0.9)], 0.5],
    ["a false one below the true ones costs nothing", [seen(0, 0.9), seen(40, 0.8), seen(80, 0.1)], 1],
    ["a false one above them costs", [seen(80, 0.95), seen(0, 0.9), seen(40, 0.8)], 2 / 3],
    ["found twice is found once", [seen(0, 0.9), seen(1, 0.8), seen(40, 0.7)], 0.5 + 0.5 * (2 / 3)],
  ];
  it.each(table)("%s", (_, detections, want) => {
    expect(averagePrecision([{ detections, truths }])).toBeCloseTo(want, 6);
  });
});
