import { expect, test } from "vitest";
import { planDelta, type SyncState } from "./plan.js";

const at: SyncState = { lsn: 5, epoch: 2, stateHash: "01".repeat(32) };
const next = {
  ...{ epoch: 2, fromLsn: 5, toLsn: 7, preHash: new Uint8Array(32).fill(1), postHash: new Uint8Array(32) },
  ...{ embedderId: "e", cutAt: 1, rows: [] },
};

const cases: [name: string, delta: Partial<typeof next>, state: Partial<SyncState>, want: string][] = [
  ["the next delta is applied", {}, {}, "apply"],
  ["a lane that never heard of headquarters takes any history", {}, { epoch: 0 }, "apply"],
  ["another embedder", { embedderId: "other" }, {}, "wrongEmbedder"],
  ["another history", { epoch: 3 }, {}, "wrongEpoch"],
  ["the same delta again", {}, { lsn: 7 }, "replayed"],
  ["an older one", { fromLsn: 1, toLsn: 3 }, {}, "replayed"],
  ["one that begins beyond the cursor", { fromLsn: 6 }, {}, "gap"],
  ["one that begins before and ends after the cursor", { fromLsn: 4 }, {}, "overlap"],
  ["another state before it", { preHash: new Uint8Array(32) }, {}, "preHash"],
  ["a lane that does not know its own state", {}, { stateHash: null }, "preHash"],
  ["one that ends before it begins", { toLsn: 4 }, {}, "malformed"],
  ["one that ends where it begins", { toLsn: 5 }, {}, "malformed"],
];

test.each(cases)("%s", (_, fields, state, want) => {
  const plan = planDelta({ ...next, ...fields }, { ...at, ...state }, "e");
  expect(plan.kind === "apply" ? "apply" : plan.reason).toBe(want);
});
