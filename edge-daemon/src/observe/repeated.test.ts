import { expect, it } from "vitest";
import { RepeatedTrouble } from "./repeated.js";

it("is told when it begins, when it changes, and when it is back after all was well", () => {
  const told: unknown[] = [];
  const trouble = new RepeatedTrouble((error) => told.push((error as Error).message));
  const fail = (why: string) =>
    trouble.during(() => {
      throw new RangeError(why);
    });
  expect([
    fail("full"),
    fail("full"),
    fail("read-only"),
    trouble.during(() => {}),
    fail("read-only"),
  ]).toEqual([...[false, false, false], ...[true, false]]);
  expect(told).toEqual(["full", "read-only", "read-only"]);
});
