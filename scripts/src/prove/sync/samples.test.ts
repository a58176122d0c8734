import { expect, it } from "vitest";
import { coldTable, proveCold } from "./cold.js";
import { fanoutTable, proveFanout } from "./fanout.js";
import { hostileTable, proveHostile } from "./hostile.js";
import { offlineTable, proveOffline } from "./offline.js";
import { proveVectors, vectorTable } from "./vectors.js";

it("a lane that was away catches up by deltas and by a snapshot", async () => {
  const { rows, passed } = await proveOffline({ changes: 40, products: [30], seed: 3 });
  expect(rows, offlineTable(rows)).toMatchObject([{ equal: true }]);
  expect(passed, offlineTable(rows)).toBe(true);
}, 120_000);

it("a new lane gets the whole catalog, also when it is broken off", async () => {
  const { rows, passed } = await proveCold({ skus: 2000, references: 3, size: 64, breaks: 2, seed: 2 });
  expect(rows.map(({ equal, rows: count }) => ({ equal, count }))).toEqual([
    { equal: true, count: 8000 },
    { equal: true, count: 8000 },
  ]);
  expect(passed, coldTable(rows)).toBe(true);
}, 120_000);

it("one byte for each number of a vector costs next to no recall", async () => {
  const { rows } = await proveVectors({ synthetic: 900, queries: 200, photosEach: 0 });
  expect(rows[0]?.loss, vectorTable(rows)).toBeLessThan(1);
  expect(rows[0]?.recallFull).toBeLessThanOrEqual(1);
});

it("no hostile message is applied, and each is counted with its reason", async () => {
  const { rows, passed } = await proveHostile({ messages: 85 });
  expect(passed, hostileTable(rows)).toBe(true);
}, 120_000);

it("a price change reaches every terminal, and all are in one state", async () => {
  const report = await proveFanout({ terminals: 25, rounds: 2 });
  expect(report, fanoutTable(report)).toMatchObject({ agree: true });
}, 120_000);
