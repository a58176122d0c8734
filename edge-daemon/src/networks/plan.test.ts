import { expect, test } from "vitest";
import { nextForRole, type RoleState, type RoleStep } from "./plan.js";

const [shipped, old, fresh] = ["d-1@00000000000", "d-2@11111111111", "d-3@22222222222"];
const choice = { use: null, former: null, tries: 0, failed: null };
const state = (fields: Partial<RoleState>): RoleState => ({
  ...{ wish: null, running: shipped, shipped, choice, here: false },
  ...fields,
});

const cases: [situation: string, state: RoleState, want: RoleStep][] = [
  ["nothing is wished for", state({}), { do: "nothing" }],
  ["what it came with is wished for", state({ wish: shipped }), { do: "nothing" }],
  ["a network that is not here", state({ wish: fresh }), { do: "fetch", id: fresh }],
  ["a network that is here", state({ wish: fresh, here: true }), { do: "switch", to: fresh }],
  [
    "it runs what is wished for",
    state({ wish: fresh, running: fresh, here: true, choice: { ...choice, use: fresh } }),
    { do: "nothing" },
  ],
  [
    "it was chosen, and the lane not restarted",
    state({ wish: fresh, here: true, choice: { ...choice, use: fresh } }),
    { do: "switch", to: fresh },
  ],
  [
    "it did not load",
    state({ wish: fresh, here: true, choice: { ...choice, failed: { id: fresh, why: "damaged" } } }),
    { do: "refuse", why: `${fresh} does not work here: damaged` },
  ],
  [
    "the wish was taken back",
    state({ running: old, choice: { ...choice, use: old } }),
    { do: "switch", to: null },
  ],
  [
    "what it came with is wished back",
    state({ wish: shipped, running: old, choice: { ...choice, use: old } }),
    { do: "switch", to: null },
  ],
  [
    "the one before is wished back after one that did not load",
    state({
      ...{ wish: old, running: old, here: true },
      choice: { ...choice, use: old, failed: { id: fresh, why: "damaged" } },
    }),
    { do: "nothing" },
  ],
  [
    "none of this role runs here",
    state({ wish: fresh, running: null, shipped: null }),
    { do: "refuse", why: expect.stringContaining("recognition.pictures") as never },
  ],
];
test.each(cases)("where %s", (_, from, want) => {
  expect(nextForRole(from)).toEqual(want);
});
