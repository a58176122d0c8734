import { expect, it } from "vitest";
import { growthOf, type MemorySample, proveSoak } from "./soak.js";

const samples = (bytesAt: (minute: number) => number): MemorySample[] =>
  Array.from({ length: 60 }, (_, i) => {
    const atMs = i * 10_000;
    return { atMs, daemon: bytesAt(atMs / 60_000), camera: 100 };
  });

it("a process that grows to its size in two minutes has not grown since", () => {
  expect(
    growthOf(
      samples((minute) => 100 * Math.min(minute, 2)),
      "daemon",
    ).growth,
  ).toBe(0);
});

it("a leak shows as the last minute over the one in the middle", () => {
  const { from, to, growth } = growthOf(
    samples((minute) => 100 + 10 * minute),
    "daemon",
  );
  expect(growth).toBeCloseTo(to / from - 1);
  expect(growth).toBeGreaterThan(0.3);
});

it("three minutes are refused, for they tell nothing", async () => {
  await expect(proveSoak({ minutes: 3 })).rejects.toThrow("too short");
});
