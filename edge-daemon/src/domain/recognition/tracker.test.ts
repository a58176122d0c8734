import type { Box, Sku } from "@tillsight/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assign } from "./assignment.js";
import { freshTracker, type Sighting, type TrackerState, type TrackerStep, updateTracks } from "./tracker.js";

const settings = { confirmFrames: 2, goneMs: 300, hiddenMs: 1_000, unseenMs: 2_000, sameItem: 0.5 };

function vector(angle: number): Float32Array {
  return Float32Array.of(Math.cos(angle), Math.sin(angle));
}

function sighting(x: number, angle = 0, more: Partial<Sighting> = {}): Sighting {
  return { box: { x, y: 0, w: 40, h: 40 }, score: 0.9, vector: vector(angle), sku: null, ...more };
}

interface Shot {
  readonly sightings: readonly Sighting[];
  readonly epoch?: number;
  readonly bare?: number;
  readonly visible?: number;
}

/** Plays shots 100 ms apart; returns every step. */
function play(shots: readonly Shot[]): TrackerStep[] {
  let state: TrackerState = freshTracker;
  return shots.map(({ sightings, epoch = 1, bare = 1, visible = 1 }, i) => {
    const view = (_place: Box, _others: readonly Box[]) => ({ visible, bare });
    const step = updateTracks(state, { at: i * 100, epoch, sightings, diagonal: 1_000, view }, settings);
    state = step.state;
    return step;
  });
}

const twice = (s: readonly Sighting[], epoch = 1): Shot[] => [
  { sightings: s, epoch },
  { sightings: s, epoch },
];
const events = (steps: readonly TrackerStep[]) =>
  steps.flatMap((s) => s.events.map((e) => `${e.kind} ${e.id}`));

describe("the tracker", () => {
  it("tells of an item once it was seen twice, and of a flicker never", () => {
    expect(events(play([{ sightings: [sighting(0)] }, { sightings: [] }, { sightings: [] }]))).toEqual([]);
    expect(events(play(twice([sighting(0)])))).toEqual(["appeared item-1"]);
  });

  const ends: [name: string, shot: Shot, frames: number, want: string[]][] = [
    [
      "a bare place means gone",
      { sightings: [], bare: 1 },
      4,
      ["appeared item-1", "occluded item-1", "gone item-1"],
    ],
    ["one frame without it does not", { sightings: [], bare: 1 }, 1, ["appeared item-1", "occluded item-1"]],
    [
      "a place that shows something keeps it",
      { sightings: [], bare: 0.1 },
      12,
      ["appeared item-1", "occluded item-1"],
    ],
    [
      "but not for ever",
      { sightings: [], bare: 0.1 },
      21,
      ["appeared item-1", "occluded item-1", "gone item-1"],
    ],
    ["a covered place keeps it", { sightings: [], visible: 0.05 }, 8, ["appeared item-1", "occluded item-1"]],
    [
      "also not for ever",
      { sightings: [], visible: 0.05 },
      11,
      ["appeared item-1", "occluded item-1", "gone item-1"],
    ],
  ];
  it.each(ends)("%s", (_name, shot, frames, want) => {
    expect(events(play([...twice([sighting(0)]), ...new Array<Shot>(frames).fill(shot)]))).toEqual(want);
  });

  it("counts settled time only: a long hand phase does not take anything away", () => {
    const steps = play([
      ...twice([sighting(0)]),
      { sightings: [], epoch: 2 },
      { sightings: [], epoch: 3 },
      { sightings: [], epoch: 4 },
      { sightings: [], epoch: 5 },
    ]);
    expect(events(steps)).toEqual(["appeared item-1", "occluded item-1"]);
  });

  it("finds an item again that the first frame after the move did not show", () => {
    const steps = play([
      ...twice([sighting(0)]),
      { sightings: [], epoch: 2, bare: 0 },
      { sightings: [sighting(600)], epoch: 2 },
    ]);
    expect(steps.at(-1)?.ids).toEqual(["item-1"]);
  });

  it("on a still tray does not jump, however alike two items are", () => {
    const steps = play([...twice([sighting(0)]), { sightings: [sighting(600)], bare: 0 }]);
    expect(steps.at(-1)?.ids).toEqual(["item-2"]);
  });

  it("knows an item by its product where the embedding alone would not do", () => {
    const sku = "cola" as Sku;
    const steps = play([...twice([sighting(0, 0, { sku })]), ...twice([sighting(500, 1.4, { sku })], 2)]);
    expect(steps.at(-1)?.ids).toEqual(["item-1"]);
    const other = play([
      ...twice([sighting(0, 0, { sku })]),
      ...twice([sighting(500, 0, { sku: "fanta" as Sku })], 2),
    ]);
    expect(other.at(-1)?.ids).toEqual(["item-2"]);
  });
});

const anySighting = fc
  .record({
    x: fc.integer({ min: 0, max: 12 }),
    angle: fc.double({ min: 0, max: 3, noNaN: true }),
    sku: fc.option(fc.constantFrom("a" as Sku, "b" as Sku), { nil: null }),
  })
  .map(({ x, angle, sku }) => sighting(x * 25, angle, { sku }));
const anyShots = fc.array(
  fc.record({
    sightings: fc.array(anySighting, { maxLength: 5 }),
    epoch: fc.integer({ min: 1, max: 3 }),
    bare: fc.constantFrom(0, 1),
    visible: fc.constantFrom(0.05, 1),
  }),
  { maxLength: 25 },
);

describe("whatever happens on the tray", () => {
  it("no two tracks share a sighting, every sighting has one, and no id comes back", () => {
    fc.assert(
      fc.property(anyShots, (shots) => {
        const dead = new Set<string>();
        let alive = new Set<string>();
        for (const [i, step] of play(shots).entries()) {
          expect(step.ids.length).toBe(shots[i]?.sightings.length);
          expect(new Set(step.ids).size).toBe(step.ids.length);
          const now = new Set(step.state.tracks.map((t) => t.id));
          expect(now.size).toBe(step.state.tracks.length);
          for (const id of step.ids) expect(now.has(id)).toBe(true);
          for (const id of alive) if (!now.has(id)) dead.add(id);
          for (const id of now) expect(dead.has(id)).toBe(false);
          alive = now;
        }
      }),
    );
  });

  it("each confirmed item appears once and is gone at most once, in that order", () => {
    fc.assert(
      fc.property(anyShots, (shots) => {
        const story = new Map<string, string[]>();
        for (const { kind, id } of play(shots).flatMap((s) => s.events))
          story.set(id, [...(story.get(id) ?? []), kind]);
        for (const kinds of story.values()) {
          expect(kinds[0]).toBe("appeared");
          expect(kinds.filter((k) => k === "appeared")).toHaveLength(1);
          expect(kinds.indexOf("gone")).toBeOneOf([-1, kinds.length - 1]);
        }
      }),
    );
  });
});

/** Cheapest assignment by trying all, as many pairs as possible first. */
function exhaustive(
  cost: readonly (readonly number[])[],
  row = 0,
  used: readonly number[] = [],
): [pairs: number, cost: number] {
  if (row === cost.length) return [0, 0];
  let best = exhaustive(cost, row + 1, used);
  cost[row]?.forEach((c, column) => {
    if (used.includes(column) || !Number.isFinite(c)) return;
    const [pairs, rest] = exhaustive(cost, row + 1, [...used, column]);
    if (pairs + 1 > best[0] || (pairs + 1 === best[0] && c + rest < best[1] - 1e-9))
      best = [pairs + 1, c + rest];
  });
  return best;
}

describe("assignment", () => {
  it("is as good as trying every one", () => {
    const cell = fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 0, max: 9 }) },
      { weight: 1, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
    );
    const matrix = fc
      .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
      .chain(([r, c]) =>
        fc.array(fc.array(cell, { minLength: c, maxLength: c }), { minLength: r, maxLength: r }),
      );
    fc.assert(
      fc.property(matrix, (cost) => {
        const result = assign(cost);
        const chosen = result.flatMap((column, row) =>
          column < 0 ? [] : [cost[row]?.[column] ?? Number.NaN],
        );
        expect([chosen.length, chosen.reduce((a, b) => a + b, 0)]).toEqual(exhaustive(cost));
        const columns = result.filter((c) => c >= 0);
        expect(new Set(columns).size).toBe(columns.length);
      }),
    );
  });
});
