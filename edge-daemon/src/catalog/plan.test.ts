import { expect, test } from "vitest";
import { planDelta } from "./plan.js";
import { embedderId, product, productChange, reference, referenceChange } from "./test-helpers.js";

const change = (lsn: number) => productChange(lsn, product("A"));
const delta = (fromLsn: number, toLsn: number, ...lsns: number[]) => ({
  fromLsn,
  toLsn,
  changes: lsns.map(change),
});

const cases: [name: string, delta: Parameters<typeof planDelta>[0], cursor: number, want: string][] = [
  ["the next delta is applied", delta(5, 7, 6, 7), 5, "apply 6,7"],
  ["the same delta again changes nothing", delta(5, 7, 6, 7), 7, "nothing"],
  ["an older delta changes nothing", delta(1, 3, 2, 3), 7, "nothing"],
  ["an overlapping delta is applied from the cursor on", delta(3, 7, 4, 5, 6, 7), 5, "apply 6,7"],
  ["a delta beyond the cursor is a gap", delta(8, 9, 9), 5, "gap"],
  ["a delta that moves the cursor without changes is applied", delta(5, 9), 5, "apply "],
  ["changes out of order are refused", delta(5, 7, 7, 6), 5, "refused"],
  ["the same LSN twice is refused", delta(5, 7, 6, 6), 5, "refused"],
  ["a change before the delta's begin is refused", delta(5, 7, 5, 6), 5, "refused"],
  ["a change beyond the delta's end is refused", delta(5, 7, 8), 5, "refused"],
  ["a delta that ends before it begins is refused", delta(7, 5), 7, "refused"],
];

test.each(cases)("%s", (_, given, cursor, want) => {
  const plan = planDelta(given, cursor, embedderId);
  expect(plan.kind === "apply" ? `apply ${plan.changes.map((c) => c.lsn)}` : plan.kind).toBe(want);
});

test("references of another embedder stop the whole delta, unless they were applied before", () => {
  const foreign = referenceChange(6, { ...reference("r", "A"), embedderId: "other" });
  const given = { fromLsn: 5, toLsn: 7, changes: [foreign, change(7)] };
  expect(planDelta(given, 5, embedderId)).toEqual({ kind: "embedder", found: "other" });
  expect(planDelta(given, 6, embedderId).kind).toBe("apply");
});
