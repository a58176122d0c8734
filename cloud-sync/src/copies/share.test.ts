import { expect, test } from "vitest";
import { ownerOf } from "./share.js";

const lanes = Array.from({ length: 300 }, (_, i) => `store-${i % 7}/lane-${i}`);

test("everything belongs to exactly one copy, in whatever order they are known", () => {
  for (const lane of lanes) expect(ownerOf(["a", "b", "c"], lane)).toBe(ownerOf(["c", "a", "b"], lane));
  expect(ownerOf([], "store/lane")).toBeUndefined();
});

test("copies get about the same share, and only the lanes of one that is gone change hands", () => {
  const before = new Map(lanes.map((lane) => [lane, ownerOf(["a", "b", "c"], lane)]));
  for (const copy of ["a", "b", "c"]) {
    const share = [...before.values()].filter((owner) => owner === copy).length;
    expect(share).toBeGreaterThan(60);
  }
  for (const [lane, owner] of before) if (owner !== "c") expect(ownerOf(["a", "b"], lane)).toBe(owner);
});
