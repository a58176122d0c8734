import {
  decodeRow,
  encodeWithDigest,
  generateSigningKey,
  hex,
  type LaneRow,
  readMessage,
  rowKey,
  StateHash,
  sealDelta,
  Trust,
} from "@tillsight/sync-protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { FeedEntry } from "../catalog/feed.js";
import { product, unitVector } from "../test-helpers.js";
import { type CutState, cutDeltas } from "./cut.js";

const start: CutState = { embedderId: "e", epoch: 1, lsn: 0, stateHash: new Uint8Array(32), rows: 0 };

const priced = (sku: string, minor: number): LaneRow => ({
  kind: "product",
  product: product(sku, { price: { minor, currency: "EUR" } }),
});
const pictured = (id: string, seed: number): LaneRow => ({
  kind: "reference",
  reference: { id, sku: product("A").sku, embedderId: "e", vector: unitVector(seed) },
});

/** Steps of a catalog of few keys, so that the same one changes again and again; some LSNs concern two rows. */
const histories = fc
  .array(
    fc.record({
      row: fc.oneof(
        fc
          .tuple(fc.constantFrom("A", "B", "C", "D"), fc.integer({ min: 1, max: 3 }))
          .map(([s, p]) => priced(s, p)),
        fc.tuple(fc.constantFrom("r1", "r2"), fc.integer({ min: 1, max: 3 })).map(([i, s]) => pictured(i, s)),
      ),
      gone: fc.boolean(),
      sameLsn: fc.boolean(),
    }),
    { maxLength: 40 },
  )
  .map((steps) => {
    const live = new Map<string, LaneRow>();
    const entries: FeedEntry[] = [];
    let lsn = 0;
    for (const { row, gone, sameLsn } of steps) {
      const key = rowKey(row);
      const before = live.get(key) ?? null;
      const after = gone ? null : row;
      if (!before && !after) continue;
      if (!sameLsn || lsn === 0) lsn += 1 + (steps.length % 3);
      entries.push({ lsn, before, after });
      if (after) live.set(key, after);
      else live.delete(key);
    }
    return { entries, live };
  });

const limits = fc.record({
  bytes: fc.integer({ min: 1, max: 2000 }),
  entries: fc.integer({ min: 1, max: 10 }),
});

test("whatever happened and wherever it is cut, a lane that applies all deltas has the catalog", () => {
  const key = generateSigningKey();
  const trust = new Trust([key.publicKey]);
  fc.assert(
    fc.property(histories, limits, ({ entries, live }, limit) => {
      const { deltas, state } = cutDeltas(start, entries, 1, limit);
      const rows = new Map<string, string>();
      let lsn = 0;
      for (const delta of deltas) {
        const message = readMessage(sealDelta("s", delta, key), "s", trust);
        if (message.kind !== "delta") return expect.unreachable();
        expect(message.delta.fromLsn).toBe(lsn);
        for (const row of message.delta.rows)
          if (typeof row === "string") expect(rows.delete(row)).toBe(true);
          else rows.set(decodeRow(row, "e").encoded.key, hex(row));
        lsn = message.delta.toLsn;
      }
      const sum = new StateHash();
      for (const row of live.values()) sum.add(encodeWithDigest(row).digest);
      const catalog = [...live.values()].map((row) => [rowKey(row), hex(encodeWithDigest(row).bytes)]);
      expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(catalog));
      expect({ lsn: state.lsn, rows: state.rows, hash: hex(state.stateHash) }).toEqual({
        ...{ lsn, rows: live.size, hash: hex(sum.bytes()) },
      });
      // Nothing that belongs to one LSN is divided.
      expect(new Set(deltas.map(({ toLsn }) => toLsn)).size).toBe(deltas.length);
      return undefined;
    }),
  );
});

test("what comes to nothing is not told", () => {
  const before = priced("A", 1);
  const there = cutDeltas(start, [{ lsn: 1, before: null, after: before }], 1).state;
  const entries: FeedEntry[] = [
    { lsn: 2, before, after: priced("A", 2) },
    { lsn: 3, before: priced("A", 2), after: before },
    { lsn: 4, before: null, after: priced("B", 1) },
    { lsn: 5, before: priced("B", 1), after: null },
  ];
  expect(cutDeltas(there, entries, 1)).toEqual({ deltas: [], state: there });
});
