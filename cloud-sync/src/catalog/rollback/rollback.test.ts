import { money, type NodeName, type Sku } from "@tillsight/contracts";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Database } from "../../storage/database.js";
import { onEachEngine } from "../../storage/testing/each-engine.js";
import { embedderId, product, unitVector } from "../../test-helpers.js";
import { CloudCatalog } from "../catalog.js";
import type { LaneRow } from "../feed.js";
import { Override } from "../override.js";
import { previewRollback, type RollbackWish, readRollbacks, rollBackCatalog } from "./rollback.js";

const sku = (text: string) => text as Sku;
const eur = (minor: number) => money(minor, "EUR");
const north = "north" as NodeName;
const not = Override.parse({ available: false });
const why = { actor: "anna", reason: "wrong prices" };

onEachEngine((place) => {
  let db: Database;
  let catalog: CloudCatalog;
  let photos: Set<string>;

  beforeAll(async () => {
    db = await place().open();
    catalog = await CloudCatalog.open(db, embedderId);
    await catalog.putStore(north);
  }, 120_000);
  afterAll(async () => {
    await catalog.close();
    await db.close();
  });
  beforeEach(async () => {
    photos = new Set();
    for (const { sku } of await catalog.products("", 500)) await catalog.removeProduct(sku, "test");
  });

  const parts = () => ({ db, embedderId, hasPhoto: async (photo: string) => photos.has(photo) });
  const lsnNow = async () => (await catalog.state()).lsn;
  const back = (wish: RollbackWish) => rollBackCatalog(parts(), wish, why);

  async function rowsOf(store = north): Promise<LaneRow[]> {
    const rows: LaneRow[] = [];
    for await (const row of (await catalog.feed.rows(store)).rows) rows.push(row);
    return rows;
  }
  const reference = (id: string, seed = 1) => ({ id, vector: unitVector(seed), photo: `photo/${id}.png` });

  test("products, overrides and references are what they were, under new LSNs, with who and why", async () => {
    await catalog.putProduct(product("A", { gtins: ["4006381333931"] }), "bo");
    await catalog.putProduct(product("B"), "bo");
    await catalog.putProduct(product("C"), "bo");
    await catalog.putOverride(north, sku("B"), not, "bo");
    await catalog.addReferences(sku("A"), [reference("a1"), reference("a2", 2)], "bo");
    await catalog.addReferences(sku("B"), [reference("b1", 3)], "bo");
    const [toLsn, then] = [await lsnNow(), await rowsOf()];

    await catalog.setPrice(sku("A"), eur(5), "carl");
    await catalog.removeReference("a1", "carl");
    await catalog.addReferences(sku("A"), [reference("a2", 9), reference("a3", 4)], "carl");
    await catalog.removeProduct(sku("B"), "carl");
    await catalog.putProduct(product("A"), "carl");
    await catalog.putProduct(product("D", { gtins: ["4006381333931"] }), "carl");
    await catalog.putOverride(north, sku("C"), Override.parse({ price: eur(7) }), "carl");
    const wrong = await lsnNow();

    const preview = await previewRollback(parts(), { toLsn });
    expect(await lsnNow()).toBe(wrong);
    const { report, id } = await back({ toLsn });
    expect(report).toEqual(preview);
    expect(report).toMatchObject({
      ...{ toLsn, throughLsn: wrong, lsn: await lsnNow(), skus: 4 },
      products: { created: 1, changed: 1, removed: 1 },
      overrides: { created: 1, changed: 0, removed: 1 },
      references: { created: 2, changed: 1, removed: 1 },
      ...{ left: { count: 0 }, missing: { count: 0 }, madeAgain: 0 },
      undoes: [{ actor: "carl", source: null, changes: wrong - toLsn }],
    });
    expect(report.lsn).toBeGreaterThan(wrong);
    expect(await rowsOf()).toEqual(then);
    expect((await catalog.referencesOf(sku("B")))[0]?.photo).toBe("photo/b1.png");
    expect(await catalog.override(north, sku("B"))).toEqual(not);
    const log = await catalog.audit({ source: `rollback:${id}`, limit: 1000 });
    expect(log.map(({ lsn }) => lsn)).toEqual(
      Array.from({ length: report.lsn - wrong }, (_, i) => report.lsn - i),
    );
    expect(new Set(log.map(({ actor }) => actor))).toEqual(new Set(["anna"]));
    expect((await readRollbacks(db, { limit: 1 }))[0]).toMatchObject({ id, ...why, report });
    // What was taken back can be had again: it is in the log as well.
    expect((await back({ toLsn: wrong })).report.products).toEqual(report.products);
    expect(await catalog.product(sku("D"))).toBeDefined();
  });

  test("a product that comes back is at no LSN sold by a store that does not sell it", async () => {
    await catalog.putProduct(product("B"), "bo");
    await catalog.putOverride(north, sku("B"), not, "bo");
    const toLsn = await lsnNow();
    await catalog.removeProduct(sku("B"), "bo");
    const before = await lsnNow();
    await back({ toLsn });
    expect(await catalog.product(sku("B"))).toBeDefined();
    expect((await catalog.feed.after(north, before, 100)).entries).toEqual([]);
  });

  test("what was changed later than that stays, and is named", async () => {
    await catalog.putProduct(product("A"), "bo");
    await catalog.putProduct(product("B"), "bo");
    const toLsn = await lsnNow();
    await catalog.setPrice(sku("A"), eur(1), "bo");
    const throughLsn = (await catalog.setPrice(sku("B"), eur(2), "bo")).lsn;
    await catalog.setPrice(sku("B"), eur(3), "dora");
    const { report } = await back({ toLsn, throughLsn });
    expect(report.left).toEqual({ count: 1, items: [{ sku: "B", why: "changedSince" }] });
    expect((await catalog.product(sku("A")))?.price).toEqual(product("A").price);
    expect((await catalog.product(sku("B")))?.price).toEqual(eur(3));
  });

  test("a product whose barcode went to another that stays, stays too", async () => {
    const gtins = ["4006381333931"];
    await catalog.putProduct(product("A", { gtins }), "bo");
    await catalog.putProduct(product("Z"), "bo");
    const toLsn = await lsnNow();
    await catalog.setPrice(sku("Z"), eur(1), "bo");
    const throughLsn = (await catalog.putProduct(product("A"), "bo")).lsn;
    await catalog.putProduct(product("N", { gtins }), "dora");
    const { report } = await back({ toLsn, throughLsn });
    expect(report.left).toEqual({ count: 1, items: [{ sku: "A", why: "barcodeTaken" }] });
    expect((await catalog.product(sku("Z")))?.price).toEqual(product("Z").price);
    expect((await catalog.product(sku("N")))?.gtins).toEqual(gtins);
  });

  test("references of another embedder come back to be made again, or are named when no picture is kept", async () => {
    const older = await CloudCatalog.open(db, "older");
    await catalog.putProduct(product("A"), "bo");
    await older.addReferences(sku("A"), [reference("a1"), reference("a2"), reference("a3")], "bo");
    await older.close();
    const toLsn = await lsnNow();
    // Made again by the new embedder: that must not be undone.
    await catalog.addReferences(sku("A"), [reference("a1", 5)], "embedder change");
    await catalog.removeReference("a2", "bo");
    await catalog.removeReference("a3", "bo");
    photos.add("photo/a2.png");
    const { report } = await back({ toLsn });
    expect(report).toMatchObject({
      missing: { count: 1, items: [{ sku: "A", reference: "a3" }] },
      ...{ madeAgain: 1, references: { created: 1, changed: 0, removed: 0 } },
    });
    expect(await catalog.foreignReferences()).toMatchObject([{ id: "a2", embedderId: "older" }]);
    expect((await catalog.referencesOf(sku("A"))).map(({ id }) => id)).toEqual(["a1", "a2"]);
  });

  test("an LSN that is to come, or a range the wrong way round, is refused", async () => {
    const { lsn } = await catalog.putProduct(product("A"), "bo");
    for (const wish of [{ toLsn: lsn }, { toLsn: 1, throughLsn: lsn + 1 }, { toLsn: 5, throughLsn: 4 }])
      await expect(back(wish)).rejects.toMatchObject({ code: "INVALID_INPUT" });
    expect(await lsnNow()).toBe(lsn);
  });

  test("after any changes, any earlier state comes back exactly", async () => {
    const step = fc.record({
      ...{ sku: fc.constantFrom("A", "B", "C"), what: fc.nat(5), n: fc.nat(3) },
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 12 }), fc.nat(11), async (steps, cut) => {
        let then: { lsn: number; rows: LaneRow[] } | undefined;
        for (const [i, { sku: name, what, n }] of steps.entries()) {
          if (i === cut % steps.length) then = { lsn: await lsnNow(), rows: await rowsOf() };
          const there = (await catalog.product(sku(name))) !== undefined;
          const gtins = [["4006381333931", "4006381333948"][n] ?? []].flat();
          if (!there || what === 0)
            await catalog.putProduct(product(name, { price: eur(n), gtins }), "x").catch(() => {});
          else if (what === 1) await catalog.removeProduct(sku(name), "x");
          else if (what === 2) await catalog.putOverride(north, sku(name), n > 1 ? null : not, "x");
          else if (what === 3)
            await catalog.putOverride(north, sku(name), Override.parse({ price: eur(n) }), "x");
          else if (what === 4)
            await catalog.addReferences(sku(name), [reference(`${name}${n}`, n + what)], "x");
          else await catalog.removeReference(`${name}${n}`, "x");
        }
        if (!then || (await lsnNow()) === then.lsn) return;
        await back({ toLsn: then.lsn });
        expect(await rowsOf()).toEqual(then.rows);
      }),
      { numRuns: 25 },
    );
  }, 120_000);
});
