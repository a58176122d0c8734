import { expect, test } from "vitest";
import { benchIndex } from "./bench.js";

test("the benchmark measures every size, tells its progress, and finds what exact search finds", async () => {
  const told: string[] = [];
  const rows = await benchIndex({
    sizes: [100, 600],
    size: 64,
    queries: 100,
    onProgress: (message) => told.push(message),
  });
  expect(rows.map((row) => row.references)).toEqual([100, 600]);
  for (const row of rows) {
    expect(row.recallAt1).toBeGreaterThan(0.95);
    expect(row.p99).toBeGreaterThanOrEqual(row.p50);
    expect(row.surroundingsP99).toBeGreaterThan(0);
  }
  expect(told.length).toBeGreaterThan(3);
});
