import { expect, it } from "vitest";
import { quantile } from "./quantile.js";

it.each([
  ["nothing measured", [], 0.5, Number.NaN],
  ["one sample is every quantile", [7], 0.99, 7],
  ["the median of an even number is the lower middle", [4, 1, 3, 2], 0.5, 2],
  ["p95 of twenty is the nineteenth", Array.from({ length: 20 }, (_, i) => i + 1), 0.95, 19],
  ["the largest at 1", [1, 9, 5], 1, 9],
])("%s", (_situation, samples, q, want) => {
  expect(quantile(samples, q)).toEqual(want);
});
