import { describe, expect, it } from "vitest";
import { type FaultRules, unwatched, watchCamera } from "./fault-watch.js";

const rules: FaultRules = { frozenAfterMs: 1000, blindAfterMs: 500, hungAfterMs: 2000 };

const good = { mean: 120, spread: 40, edge: 60 };
const black = { mean: 3, spread: 1, edge: 1 };
const covered = { mean: 50, spread: 4, edge: 2 };
/** A dark tray with one lamp's reflection is not black. */
const dim = { mean: 6, spread: 9, edge: 30 };
/** A plain tray under a lamp: no edge, but light falls unevenly. */
const plain = { mean: 140, spread: 25, edge: 3 };

type Step = [at: number, what: typeof good | "lost" | "expect" | "time", hash?: number];

/** Runs a script; each outcome is the fault (or "ok"), with "+" when the picture may be shown and "!" when the device is to be opened anew. */
function play(steps: Step[], withRules = rules): string[] {
  let watch = unwatched;
  return steps.map(([at, what, hash], step) => {
    const input =
      typeof what === "string"
        ? ({ on: what, at } as const)
        : ({ on: "picture", at, facts: { ...what, hash: hash ?? step + 1000 } } as const);
    const next = watchCamera(watch, input, withRules);
    watch = next.watch;
    return `${watch.fault ?? "ok"}${next.show ? "+" : ""}${next.reopen ? "!" : ""}`;
  });
}

const cases: [name: string, steps: Step[], want: string[], rules?: Partial<FaultRules>][] = [
  [
    "good pictures are shown from the first on",
    [
      [0, "expect"],
      [10, good],
      [20, good],
    ],
    ["ok", "ok+", "ok+"],
  ],
  [
    "black pictures are withheld at once and are a fault after a while",
    [
      [0, good],
      [100, black],
      [500, black],
      [600, black],
    ],
    ["ok+", "ok", "ok", "black"],
  ],
  [
    "a hand that darkens the lens for a moment is no fault",
    [
      [0, good],
      [100, covered],
      [400, covered],
      [500, good],
    ],
    ["ok+", "ok", "ok", "ok+"],
  ],
  [
    "a covered lens is a fault",
    [
      [0, covered],
      [500, covered],
    ],
    ["ok", "covered"],
  ],
  [
    "a lamp that goes out while the lens is covered counts anew",
    [
      [0, covered],
      [400, black],
      [600, black],
      [900, black],
    ],
    ["ok", "ok", "ok", "black"],
  ],
  [
    "a dim tray and a plain tray are seen",
    [
      [0, dim],
      [600, dim],
      [700, plain],
      [1300, plain],
    ],
    ["ok+", "ok+", "ok+", "ok+"],
  ],
  [
    "a fault ends after pictures have been good for a while, not at a flash",
    [
      [0, black],
      [500, black],
      [600, good],
      [700, black],
      [800, good],
      [1000, good],
      [1100, good],
    ],
    ["ok", "black", "black", "black", "black", "black", "ok+"],
  ],
  [
    "the same picture is frozen in the end, and only another one thaws it",
    [
      [0, good, 7],
      [900, good, 7],
      [1000, good, 7],
      [1100, good, 8],
      [1200, good, 9],
      [1400, good, 10],
    ],
    ["ok+", "ok+", "frozen!", "frozen", "frozen", "ok+"],
  ],
  [
    "a frozen camera that is opened again with the same picture is still frozen",
    [
      [0, good, 7],
      [1000, good, 7],
      [1100, "lost"],
      [1500, "expect"],
      [1600, good, 7],
      [1900, good, 7],
      [2000, good, 7],
    ],
    ["ok+", "frozen!", "frozen!", "frozen", "frozen", "frozen", "frozen!"],
  ],
  [
    "still pictures are shown for ever where the rule is off",
    [
      [0, good, 7],
      [60_000, good, 7],
    ],
    ["ok+", "ok+"],
    { frozenAfterMs: 0 },
  ],
  [
    "blind pictures are shown where the rule is off",
    [
      [0, black],
      [900, covered],
    ],
    ["ok+", "ok+"],
    { blindAfterMs: 0 },
  ],
  [
    "no picture for long is hung, once, and pictures end it",
    [
      [0, "expect"],
      [1999, "time"],
      [2000, "time"],
      [9000, "time"],
      [9100, good],
      [9400, good],
    ],
    ["ok", "ok", "hung!", "hung", "hung", "ok+"],
  ],
  [
    "a hung camera that stays silent when it is opened again is opened again and again",
    [
      [0, "expect"],
      [2000, "time"],
      [2500, "expect"],
      [4400, "time"],
      [4500, "time"],
    ],
    ["ok", "hung!", "hung", "hung", "hung!"],
  ],
  ["nothing is hung that was never expected", [[90_000, "time"]], ["ok"]],
  [
    "a camera that is gone is unplugged until it gives good pictures again",
    [
      [0, good],
      [10, "lost"],
      [5000, "time"],
      [5100, "expect"],
      [5200, good],
      [5500, good],
    ],
    ["ok+", "unplugged!", "unplugged", "unplugged", "unplugged", "ok+"],
  ],
  [
    "a camera that comes back covered says so",
    [
      [0, "lost"],
      [100, covered],
      [600, covered],
    ],
    ["unplugged!", "unplugged", "covered"],
  ],
];

describe("watchCamera", () => {
  it.each(cases)("%s", (_name, steps, want, changed) => {
    expect(play(steps, { ...rules, ...changed })).toEqual(want);
  });
});
