import { money, type NodeName, type Sku } from "@tillsight/contracts";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../storage/database.js";
import { onEachEngine } from "../storage/testing/each-engine.js";
import { embedderId, product, unitVector } from "../test-helpers.js";
import { CloudCatalog } from "./catalog.js";
import { type FeedEntry, type LaneRow, laneRowKey } from "./feed.js";
import { Override } from "./override.js";

const stores = ["north", "south"] as const;
const skus = ["A", "B", "C"] as Sku[];

type Act =
  | {
      readonly do: "put" | "remove" | "hide" | "show" | "own";
      readonly sku: Sku;
      readonly store: NodeName;
      readonly n: number;
    }
  | {
      readonly do: "reference" | "foreign" | "unreference";
      readonly sku: Sku;
      readonly store: NodeName;
      readonly n: number;
    };

const act = fc.record({
  do: fc.constantFrom(
    "put",
    "put",
    "remove",
    "hide",
    "show",
    "own",
    "reference",
    "foreign",
    "reference",
    "unreference",
  ),
  sku: fc.constantFrom(...skus),
  store: fc.constantFrom(...stores),
  n: fc.integer({ min: 1, max: 4 }),
}) as fc.Arbitrary<Act>;

/** What a lane has that applied the entries, refusing what does not follow from what it has. */
function replay(entries: readonly FeedEntry[], rows = new Map<string, LaneRow>()): Map<string, LaneRow> {
  let last = 0;
  for (const { lsn, before, after } of entries) {
    expect(lsn).toBeGreaterThanOrEqual(last);
    last = lsn;
    const key = laneRowKey((before ?? after) as LaneRow);
    expect(rows.get(key) ?? null).toEqual(before);
    if (!after) rows.delete(key);
    else expect(laneRowKey(rows.set(key, after) && after)).toBe(key);
    if (after?.kind === "reference") expect(rows.has(`p:${after.reference.sku}`)).toBe(true);
  }
  return rows;
}

onEachEngine((place) => {
  let db: Database;
  let catalog: CloudCatalog;
  let foreign: CloudCatalog;
  beforeAll(async () => {
    db = await place().open();
    catalog = await CloudCatalog.open(db, embedderId);
    foreign = await CloudCatalog.open(db, "other-embedder");
    for (const store of stores) await catalog.putStore(store);
  }, 120_000);
  afterAll(async () => {
    await catalog.close();
    await foreign.close();
    await db.close();
  });

  async function perform({ do: what, sku, store, n }: Act): Promise<void> {
    const id = `${sku}-${n}`;
    const override = Override.parse(
      what === "hide" ? { available: false } : what === "own" ? { price: money(n, "EUR") } : {},
    );
    if (what === "put") await catalog.putProduct(product(sku, { price: money(100 * n, "EUR") }), "test");
    else if (what === "remove") await catalog.removeProduct(sku, "test");
    else if (what === "unreference") await catalog.removeReference(id, "test");
    else if (what === "reference" || what === "foreign")
      await (what === "foreign" ? foreign : catalog).addReferences(
        sku,
        [{ id, vector: unitVector(n) }],
        "test",
      );
    else await catalog.putOverride(store, sku, override, "test");
  }

  /** Acts on what is not there are refused, which changes nothing. */
  const performAll = async (acts: readonly Act[]) => {
    for (const one of acts) await perform(one).catch((error) => expect(error.code).toBe("NOT_FOUND"));
  };

  async function entriesOf(store: NodeName, from: number, limit: number, feed = catalog.feed) {
    const entries: FeedEntry[] = [];
    for (let at = from; ; ) {
      const page = await feed.after(store, at, limit);
      entries.push(...page.entries);
      expect(page.entries.every(({ lsn }) => lsn > at && lsn <= page.toLsn)).toBe(true);
      if (page.toLsn === at) return { entries, toLsn: at };
      at = page.toLsn;
    }
  }

  const collect = async (rows: AsyncIterable<LaneRow>) => {
    const all: LaneRow[] = [];
    for await (const row of rows) all.push(row);
    return all;
  };

  test("whatever happens, each store's entries replayed from nothing make its rows, whatever the page size", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(act, { minLength: 1, maxLength: 25 }),
        fc.integer({ min: 1, max: 7 }),
        async (acts, limit) => {
          await performAll(acts);
          for (const feed of [catalog.feed, foreign.feed])
            for (const store of [...stores, "unheard-of"]) {
              const { entries, toLsn } = await entriesOf(store, 0, limit * 10, feed);
              const { lsn, rows } = await feed.rows(store);
              expect(toLsn).toBe(lsn);
              const live = await collect(rows);
              expect(live.map(laneRowKey)).toEqual([...replay(entries).keys()].sort());
              expect(new Map(live.map((row) => [laneRowKey(row), row]))).toEqual(replay(entries));
            }
        },
      ),
      { numRuns: 8 },
    );
  }, 120_000);

  test("rows stay those of their LSN, however much changes while they are read", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(act, { maxLength: 12 }),
        fc.array(act, { minLength: 3, maxLength: 12 }),
        async (before, after) => {
          await performAll(before);
          const { lsn, rows } = await catalog.feed.rows("north");
          await performAll(after);
          const then = (await entriesOf("north", 0, 1000)).entries.filter((entry) => entry.lsn <= lsn);
          expect(new Map((await collect(rows)).map((row) => [laneRowKey(row), row]))).toEqual(replay(then));
        },
      ),
      { numRuns: 8 },
    );
  }, 120_000);

  test("many pages of rows come in key order, each once, with changes between the pages", async () => {
    const many = Array.from({ length: 2100 }, (_, i) => product(`M${String(i).padStart(5, "0")}`));
    for (const item of many.slice(0, 2050)) await catalog.putProduct(item, "test");
    const { rows } = await catalog.feed.rows("south");
    const seen: string[] = [];
    for await (const row of rows) {
      seen.push(laneRowKey(row));
      if (seen.length === 500) {
        for (const item of many.slice(2050)) await catalog.putProduct(item, "test");
        await catalog.removeProduct("M00001" as Sku, "test");
        await catalog.removeProduct("M01500" as Sku, "test");
      }
    }
    const wanted = many.slice(0, 2050).map(({ sku }) => `p:${sku}`);
    expect(seen.filter((key) => key.startsWith("p:M"))).toEqual(wanted);
    expect(seen).toEqual([...seen].sort());
  }, 120_000);

  test("a page passes over what concerns other stores only, and over the end nothing is left", async () => {
    await catalog.putProduct(product("A"), "test");
    const from = await catalog.feed.lsn();
    for (let n = 1; n <= 3; n++)
      await catalog.putOverride(
        "south",
        "A" as Sku,
        Override.parse({ price: money(900 + n, "EUR") }),
        "test",
      );
    expect(await catalog.feed.after("north", from, 100)).toEqual({ entries: [], toLsn: from + 3 });
    expect((await catalog.feed.after("south", from, 2)).toLsn).toBe(from + 2);
    expect(await catalog.feed.after("north", from + 3, 100)).toEqual({ entries: [], toLsn: from + 3 });
  });

  test("a listener hears of each commit, also of another connection's, and not after it has ended", async () => {
    let heard = 0;
    const end = catalog.feed.onChange(() => heard++);
    await foreign.putProduct(product("A", { name: "heard" }), "test");
    await expect.poll(() => heard).toBe(1);
    end();
    let later = 0;
    catalog.feed.onChange(() => later++);
    await foreign.putProduct(product("A", { name: "heard again" }), "test");
    await expect.poll(() => later).toBe(1);
    expect(heard).toBe(1);
  });
});
