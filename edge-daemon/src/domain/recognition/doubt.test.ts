import type { Box } from "@tillsight/contracts";
import type { Detection } from "@tillsight/models";
import { describe, expect, it } from "vitest";
import { type TrayKnowledge, withoutUnfounded } from "./doubt.js";
import { learnSurface } from "./surface.js";
import type { TrayGrid } from "./tray-grid.js";

const COLUMNS = 40;
const ROWS = 20;
const size = { width: COLUMNS * 10, height: ROWS * 10 };
const TRAY = [180, 170, 150] as const;

/** Cells of a colour on the tray, in cells. */
type Patch = readonly [x: number, y: number, w: number, h: number, rgb: readonly [number, number, number]];

function grid(patches: readonly Patch[], light = 1): TrayGrid {
  const plane = (c: 0 | 1 | 2) => {
    const values = new Float32Array(COLUMNS * ROWS).fill(TRAY[c] * light);
    for (const [x, y, w, h, rgb] of patches)
      for (let j = y; j < y + h; j++) values.fill(rgb[c] * light, j * COLUMNS + x, j * COLUMNS + x + w);
    return values;
  };
  return { columns: COLUMNS, rows: ROWS, planes: [plane(0), plane(1), plane(2)] };
}

const red = [200, 40, 40] as const;
const shade = [108, 102, 90] as const;
const place: Box = { x: 100, y: 50, w: 80, h: 80 };
const doubtful: Detection = { box: place, score: 0.2, doubtful: true };
const sureAt = (box: Box): Detection => ({ box, score: 0.8 });
const bare = learnSurface(null, grid([]), [], size);

function founded(found: readonly Detection[], tray: Partial<TrayKnowledge>): readonly Detection[] {
  return withoutUnfounded(found, { surface: bare, grid: grid([]), known: [], ...size, ...tray });
}

describe("a doubtful detection", () => {
  const cases: [name: string, tray: Partial<TrayKnowledge>, stays: boolean][] = [
    ["over something red", { grid: grid([[10, 5, 8, 8, red]]) }, true],
    ["over something red in dim light", { grid: grid([[10, 5, 8, 8, red]], 0.6) }, true],
    ["over something that fills half of it, askew", { grid: grid([[12, 5, 4, 8, red]]) }, true],
    ["over the bare tray", {}, false],
    ["over the bare tray in dim light", { grid: grid([], 0.6) }, false],
    ["over a shadow", { grid: grid([[10, 5, 8, 8, shade]]) }, false],
    ["over a corner of something red", { grid: grid([[10, 5, 3, 3, red]]) }, false],
    ["where the tray was never seen", { surface: null, grid: grid([[10, 5, 8, 8, red]]) }, false],
    ["where a known item lay", { surface: null, known: [{ ...place, x: 110 }] }, true],
    ["where a known item lay beside it", { known: [{ ...place, x: 160 }] }, false],
  ];
  it.each(cases)("%s", (_name, tray, stays) => {
    expect(founded([doubtful], tray)).toEqual(stays ? [doubtful] : []);
  });

  it("of a part of goods that are seen anyway is nothing", () => {
    const whole = sureAt({ x: 90, y: 40, w: 110, h: 110 });
    expect(founded([whole, doubtful], { grid: grid([[9, 4, 11, 11, red]]) })).toEqual([whole]);
  });

  it("is believed in once: a second one of the same goods is not", () => {
    const second: Detection = { ...doubtful, box: { ...place, x: 120 }, score: 0.15 };
    expect(founded([doubtful, second], { grid: grid([[10, 5, 11, 8, red]]) })).toEqual([doubtful]);
  });

  it("where a known item lay that is seen anyway is nothing", () => {
    const seen = sureAt({ ...place, w: 60 });
    expect(founded([seen, doubtful], { known: [place] })).toEqual([seen]);
  });

  it("takes nothing from what is sure, whatever the tray looks like", () => {
    expect(founded([sureAt(place)], {})).toEqual([sureAt(place)]);
    expect(founded([sureAt(place), doubtful], {})).toEqual([sureAt(place)]);
  });
});
