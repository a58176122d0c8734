import { describe, expect, it } from "vitest";
import { borderOf, coveredBy, findCrossing, learnLook, looksBare } from "./border.js";
import { defaultGateSettings, freshGate, gateStep } from "./gate.js";
import { learnSurface, viewPlace } from "./surface.js";
import { eachPlane, lightGain, type TrayGrid } from "./tray-grid.js";

const COLUMNS = 40;
const ROWS = 20;
type Rect = readonly [x: number, y: number, w: number, h: number, grey: number, blue?: number];

function grid(rects: readonly Rect[] = [], light = 1): TrayGrid {
  const plane = (channel: number) => {
    const values = new Float32Array(COLUMNS * ROWS).fill(180 * light);
    for (const [x, y, w, h, grey, blue] of rects) {
      const value = channel === 2 ? (blue ?? grey) : grey;
      for (let j = y; j < y + h; j++) values.fill(value * light, j * COLUMNS + x, j * COLUMNS + x + w);
    }
    return values;
  };
  return { columns: COLUMNS, rows: ROWS, planes: [plane(0), plane(1), plane(2)] };
}

/** The same grid in another light for each column and row. */
function lit(given: TrayGrid, light: (x: number, y: number) => number): TrayGrid {
  const at = (i: number) => light(i % COLUMNS, Math.floor(i / COLUMNS));
  return { ...given, planes: eachPlane(given.planes, (plane) => plane.map((v, i) => v * at(i))) };
}

const size = { width: COLUMNS * 10, height: ROWS * 10 };
const looks = learnLook([], borderOf(grid()));
const arm: Rect = [10, 8, 5, 12, 90];

/** Light that falls from full on the left to half on the right. */
const faded = (rects: readonly Rect[] = []) => lit(grid(rects), (x) => 1 - (0.5 * x) / COLUMNS);

/** Three of four places in shadows of changing depth. */
const blind = () =>
  lit(grid(), (x, y) => [1, 0.75, 0.5, 0.3][(Math.floor(x / 4) + Math.floor(y / 4)) % 4] ?? 1);

/** The same brightness with less blue: a warm lamp. */
const warm = (rects: readonly Rect[] = []): TrayGrid => {
  const [r, g, b] = grid(rects).planes;
  return { ...grid(), planes: [r.map((v) => v * 1.1), g, b.map((v) => v * 0.7)] };
};

describe("what crosses the border", () => {
  const cases: [name: string, seen: TrayGrid, want: string][] = [
    ["nothing", grid(), "clear"],
    ["goods inside", grid([[10, 5, 8, 8, 60]]), "clear"],
    ["an arm from below", grid([arm]), "local"],
    ["an arm over a corner, around which the border goes on", grid([[0, 0, 3, 3, 90]]), "local"],
    ["a speck", grid([[10, 19, 1, 1, 90]]), "clear"],
    ["all of the tray in half the light", grid([], 0.5), "clear"],
    ["an arm in half the light", grid([arm], 0.5), "local"],
    ["a lamp from one side, which fades over the tray", faded(), "clear"],
    ["an arm in such a light", faded([arm]), "local"],
    ["a warm lamp", warm(), "clear"],
    ["an arm in a sleeve as bright as the tray, but bluer", grid([[10, 8, 5, 12, 180, 215]]), "local"],
    ["such a sleeve under a warm lamp", warm([[10, 8, 5, 12, 180, 215]]), "local"],
    ["stripes of shadow all around, as through a blind", blind(), "widespread"],
  ];
  it.each(cases)("%s", (_name, seen, want) => {
    expect(findCrossing(looks, borderOf(seen)).kind).toBe(want);
  });

  it("is explained by goods whose box covers it, and by no others", () => {
    const seen = grid([[0, 5, 4, 6, 60]]);
    const { places } = findCrossing(looks, borderOf(seen));
    expect(coveredBy(seen, places, [{ x: 0, y: 5, w: 4, h: 6 }])).toBe(true);
    expect(coveredBy(seen, places, [{ x: 10, y: 5, w: 4, h: 6 }])).toBe(false);
    expect(coveredBy(seen, places, [])).toBe(false);
  });

  it("is nothing where the border is as even as around it", () => {
    const wrong = learnLook([], borderOf(grid([arm])));
    const { kind, places } = findCrossing(wrong, borderOf(grid()));
    expect([kind, looksBare(borderOf(grid()), places)]).toEqual(["local", true]);
    const armPlaces = findCrossing(looks, borderOf(grid([arm]))).places;
    expect(looksBare(borderOf(grid([arm])), armPlaces)).toBe(false);
  });

  it("may be any of the looks that were learned", () => {
    const both = learnLook(looks, borderOf(grid([arm])));
    expect(findCrossing(both, borderOf(grid())).kind).toBe("clear");
    expect(findCrossing(both, borderOf(grid([arm]))).kind).toBe("clear");
  });
});

describe("the gate", () => {
  const run = (frames: readonly TrayGrid[], step = 50) => {
    let state = freshGate;
    return frames.map((g, i) => {
      const result = gateStep(state, g, i * step, defaultGateSettings);
      state = result.state;
      return result;
    });
  };
  const still = (g: TrayGrid, n: number) => new Array<TrayGrid>(n).fill(g);

  it("settles after the configured time, not on one picture", () => {
    const verdicts = run(still(grid(), 7)).map((r) => r.verdict);
    expect(verdicts).toEqual([
      "moving",
      "settling",
      "settling",
      "settling",
      "settling",
      "settled",
      "settled",
    ]);
    expect(run(still(grid(), 3), 400).map((r) => r.verdict)).toEqual(["moving", "settling", "settled"]);
  });

  it("counts a new epoch only when the tray had moved", () => {
    const steps = run([...still(grid(), 10), ...still(grid([[10, 5, 8, 8, 60]]), 10)]);
    expect([steps[9]?.state.epoch, steps.at(-1)?.state.epoch]).toEqual([1, 2]);
  });

  it("waits for a resting arm, asks once what goods lie there, and gives up in the end", () => {
    const steps = run([...still(grid(), 10), ...still(grid([arm]), 700)]);
    const waiting = steps.slice(20, 230);
    expect(waiting.every((s) => s.verdict === "handResting")).toBe(true);
    expect(waiting.filter((s) => s.wantsGoods)).toHaveLength(1);
    expect(steps.at(-1)?.verdict).toBe("settled");
  });

  it("is moving when the picture's size changes", () => {
    const plane = new Float32Array(100).fill(180);
    const other: TrayGrid = { columns: 10, rows: 10, planes: [plane, plane, plane] };
    expect(run([...still(grid(), 10), other]).at(-1)?.verdict).toBe("moving");
  });
});

describe("light and the bare tray", () => {
  it("a hand over a third of the picture does not count as a change of light", () => {
    expect(lightGain(grid().planes[0], grid([[0, 0, 13, 20, 40]]).planes[0])).toBeCloseTo(1, 5);
    expect(lightGain(grid().planes[0], grid([[0, 0, 13, 20, 40]], 0.5).planes[0])).toBeCloseTo(0.5, 5);
  });

  it("darkness tells nothing and changes nothing", () => {
    expect(lightGain(grid().planes[0], grid([], 0.01).planes[0])).toBe(1);
  });

  const item = { x: 100, y: 50, w: 80, h: 80 };
  const lying: Rect = [10, 5, 8, 8, 60];
  const surface = learnSurface(null, grid(), [], size);

  const views: [name: string, seen: TrayGrid, others: (typeof item)[], visible: number, bare: number][] = [
    ["taken away: bare", grid(), [], 1, 1],
    ["taken away and in warmer light: bare", warm(), [], 1, 1],
    ["taken away and darker: bare", grid([], 0.6), [], 1, 1],
    ["still there, not detected: not bare", grid([lying]), [], 1, 0],
    ["under other goods: not visible", grid([lying]), [{ x: 80, y: 30, w: 140, h: 140 }], 0, 1],
    ["half covered and the rest bare", grid(), [{ x: 100, y: 50, w: 40, h: 80 }], 0.5, 1],
  ];
  it.each(views)("the place of an item that was %s", (_name, seen, others, visible, bare) => {
    expect(viewPlace(surface, seen, item, others, size)).toEqual({ visible, bare });
  });

  it("is not learned where goods lie, and is once they are gone", () => {
    const hidden = learnSurface(null, grid([lying]), [item], size);
    expect(viewPlace(hidden, grid([lying]), item, [], size).bare).toBe(1);
    const learned = learnSurface(hidden, grid(), [], size);
    expect(viewPlace(learned, grid([lying]), item, [], size).bare).toBe(0);
  });
});
