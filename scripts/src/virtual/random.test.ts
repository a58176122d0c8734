import { expect, test } from "vitest";
import { createRandom } from "./random.js";

const take = (seed: number, name?: string): number[] => {
  const random = name === undefined ? createRandom(seed) : createRandom(seed).fork(name);
  return Array.from({ length: 50 }, () => random.next());
};

test("equal seeds give equal numbers, other seeds and named parts give others", () => {
  expect(take(7)).toEqual(take(7));
  expect(take(7, "noise")).toEqual(take(7, "noise"));
  expect(take(7)).not.toEqual(take(8));
  expect(take(7, "noise")).not.toEqual(take(7, "deck"));
});

test("numbers spread evenly over their range and whole numbers reach both ends", () => {
  const random = createRandom(1);
  const mean = Array.from({ length: 20_000 }, () => random.between(10, 20)).reduce((a, b) => a + b) / 20_000;
  expect(mean).toBeCloseTo(15, 0);
  expect(new Set(Array.from({ length: 500 }, () => random.int(1, 6)))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
});

test("the normal distribution has mean 0 and deviation 1", () => {
  const random = createRandom(3);
  const numbers = Array.from({ length: 20_000 }, () => random.gauss());
  const mean = numbers.reduce((a, b) => a + b) / numbers.length;
  const deviation = Math.sqrt(numbers.reduce((a, b) => a + (b - mean) ** 2, 0) / numbers.length);
  expect(mean).toBeCloseTo(0, 1);
  expect(deviation).toBeCloseTo(1, 1);
});

test("shuffling keeps every thing once", () => {
  const shuffled = createRandom(5).shuffle([1, 2, 3, 4, 5, 6, 7, 8]);
  expect([...shuffled].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(shuffled).not.toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});
