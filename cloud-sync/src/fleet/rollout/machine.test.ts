import { describe, expect, test } from "vitest";
import { draft, nextRollout, type RolloutInput, wanted } from "./machine.js";
import type { RolloutPlan, RolloutState, TerminalReport } from "./plan.js";

const stage = (name: string, terminals: string[]) => ({
  ...{ name, terminals, successPercent: 50, errorPercent: 25, soakSeconds: 60, timeoutSeconds: 600 },
});
const plan = (fields: Partial<RolloutPlan> = {}): RolloutPlan => ({
  ...{ name: "Friday's prices", target: { kind: "catalog", lsn: 90 }, onError: "rollBack" },
  stages: [stage("canary", ["s/a", "s/b"]), stage("rest", ["s/c", "s/d", "s/e", "s/f"])],
  previous: { "s/a": 80, "s/b": 80, "s/c": 80, "s/d": null, "s/e": 80, "s/f": 80 },
  ...fields,
});

const s = 1000;
const running = (fields: Partial<RolloutState> = {}): RolloutState => ({
  ...{ status: "running", stage: 0, stageBeganAt: 0, wellSince: null, why: "", undoneLsn: null },
  ...fields,
});
/** `+` at the target and well, `-` failed, `.` neither, in the order of the plan. */
function tick(at: number, marks: string, reverted: string[] = []): RolloutInput {
  const kinds: Record<string, TerminalReport> = { "+": "succeeded", "-": "failed", ".": "pending" };
  const reports = [...marks].map((mark, i) => [`s/${"abcdef"[i]}`, kinds[mark] as TerminalReport] as const);
  return { on: "tick", at, reports: new Map(reports), reverted: new Set(reverted) };
}

const cases: [
  situation: string,
  from: RolloutState,
  input: RolloutInput,
  want: Partial<RolloutState> | undefined,
][] = [
  ["begins with the canary", draft, { on: "start", at: 5 }, { status: "running", stage: 0, stageBeganAt: 5 }],
  ["does not begin twice", running(), { on: "start", at: 5 }, undefined],
  ["waits for the canary", running(), tick(9 * s, "......"), running()],
  [
    "sees success and lets it last",
    running(),
    tick(9 * s, "+....."),
    { status: "running", wellSince: 9 * s },
  ],
  [
    "goes on waiting while it lasts",
    running({ wellSince: 9 * s }),
    tick(68 * s, "+....."),
    running({ wellSince: 9 * s }),
  ],
  [
    "begins anew when it did not last",
    running({ wellSince: 9 * s }),
    tick(20 * s, "......"),
    { wellSince: null },
  ],
  [
    "goes on to the rest once it lasted",
    running({ wellSince: 9 * s }),
    tick(69 * s, "++...."),
    { stage: 1, stageBeganAt: 69 * s, wellSince: null },
  ],
  [
    "pauses when a stage takes too long",
    running(),
    tick(600 * s, "......"),
    { status: "paused", why: expect.stringContaining("took too long") as never },
  ],
  [
    "goes back when too many fail",
    running(),
    tick(9 * s, "+-...."),
    { status: "rollingBack", why: expect.stringContaining("s/b") as never },
  ],
  [
    "bears as many errors as it may",
    running({ stage: 1 }),
    tick(9 * s, "+++-.."),
    { status: "running", stage: 1 },
  ],
  [
    "counts a canary that fails later",
    running({ stage: 1 }),
    tick(9 * s, "--++++"),
    { status: "rollingBack" },
  ],
  [
    "is done after the last stage",
    running({ stage: 1, wellSince: 0 }),
    tick(60 * s, "++++.."),
    { status: "done" },
  ],
  ["stands still while paused", running({ status: "paused" }), tick(9 * s, "------"), { status: "paused" }],
  ["is paused by a person", running(), { on: "pause", at: 9 }, { status: "paused" }],
  ["is not paused when it is done", running({ status: "done" }), { on: "pause", at: 9 }, undefined],
  [
    "goes on with its whole time",
    running({ status: "paused" }),
    { on: "resume", at: 700 * s },
    { status: "running", stageBeganAt: 700 * s },
  ],
  ["is not resumed while it runs", running(), { on: "resume", at: 9 }, undefined],
  [
    "is taken back by a person, also when it is done",
    running({ status: "done", stage: 1 }),
    { on: "rollBack", at: 9 },
    { status: "rollingBack" },
  ],
  ["is not taken back before it began", draft, { on: "rollBack", at: 9 }, undefined],
  [
    "is back when those it touched are",
    running({ status: "rollingBack" }),
    tick(9 * s, "......", ["s/a", "s/b"]),
    { status: "rolledBack" },
  ],
  [
    "waits for those that are not",
    running({ status: "rollingBack" }),
    tick(9 * s, "......", ["s/a"]),
    { status: "rollingBack" },
  ],
  [
    "names those that do not come back",
    running({ status: "rollingBack" }),
    tick(601 * s, "......", ["s/a"]),
    { status: "rolledBack", why: expect.stringContaining("s/b") as never },
  ],
  ["stays rolled back", running({ status: "rolledBack" }), tick(9 * s, "++++++"), { status: "rolledBack" }],
];
test.each(cases)("a rollout %s", (_, from, input, want) => {
  const next = nextRollout(plan(), from, input);
  if (want === undefined) expect(next).toBeUndefined();
  else expect(next).toMatchObject(want);
});

test("one that undoes its changes waits until they are undone, then lets its terminals follow again", () => {
  const undoing = plan({ target: { kind: "catalog", lsn: 90, undoToLsn: 80 } });
  const back = running({ status: "rollingBack" });
  const all = ["s/a", "s/b"];
  expect(nextRollout(undoing, back, tick(9 * s, "......", all))).toBe(back);
  const undone = { ...back, undoneLsn: 95 };
  expect([...wanted(undoing, undone).values()]).toEqual([null, null, null, null, null, null]);
  expect(nextRollout(undoing, undone, tick(9 * s, "......", all))).toMatchObject({ status: "rolledBack" });
  expect(nextRollout(undoing, undone, tick(9 * s, "......", ["s/a"]))).toBe(undone);
});

test("one that is to pause at errors pauses", () => {
  expect(nextRollout(plan({ onError: "pause" }), running(), tick(9, "--...."))).toMatchObject({
    status: "paused",
  });
});

describe("where terminals belong", () => {
  const at = (state: RolloutState) => [...wanted(plan(), state).values()];
  const situations: [situation: string, state: RolloutState, want: (number | null)[]][] = [
    ["before it began: nowhere", draft, []],
    ["canary: the others are held where they were", running(), [90, 90, 80, null, 80, 80]],
    ["the last stage", running({ stage: 1 }), [90, 90, 90, 90, 90, 90]],
    ["paused: as it is", running({ status: "paused" }), [90, 90, 80, null, 80, 80]],
    ["going back: where they were", running({ status: "rollingBack", stage: 1 }), [80, 80, 80, null, 80, 80]],
    ["done", running({ status: "done", stage: 1 }), [90, 90, 90, 90, 90, 90]],
  ];
  test.each(situations)("%s", (_, state, want) => {
    expect(at(state)).toEqual(want);
  });
});
