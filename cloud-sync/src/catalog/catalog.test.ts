import { money, type Sku } from "@tillsight/contracts";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Database } from "../storage/database.js";
import { onEachEngine } from "../storage/testing/each-engine.js";
import { embedderId, product, unitVector } from "../test-helpers.js";
import { CloudCatalog } from "./catalog.js";
import { Override } from "./override.js";

const sku = (text: string) => text as Sku;
const eur = (minor: number) => money(minor, "EUR");

onEachEngine((place) => {
  let db: Database;
  let catalog: CloudCatalog;
  let used: string[] = [];

  beforeAll(async () => {
    db = await place().open();
    catalog = await CloudCatalog.open(db, embedderId);
  }, 120_000);
  afterAll(async () => {
    await catalog.close();
    await db.close();
  });
  beforeEach(() => {
    used = [];
  });
  afterEach(async () => {
    for (const name of used)
      if (await catalog.product(sku(name))) await catalog.removeProduct(sku(name), "test");
  });

  async function put(name: string, fields: Parameters<typeof product>[1] = {}) {
    used.push(name);
    return catalog.putProduct(product(name, fields), "test");
  }

  test("each change takes the next LSN, the same again takes none", async () => {
    const { lsn } = await catalog.state();
    expect(await put("A")).toEqual({ lsn: lsn + 1, changed: true });
    expect(await put("A")).toEqual({ lsn: lsn + 1, changed: false });
    expect(await catalog.setPrice(sku("A"), eur(249), "test")).toEqual({ lsn: lsn + 2, changed: true });
    expect(await catalog.product(sku("A"))).toEqual(product("A", { price: eur(249) }));
  });

  test("many writers at once: no LSN is missing, none is given twice", async () => {
    const { lsn } = await catalog.state();
    const results = await Promise.all(Array.from({ length: 30 }, (_, i) => put(`W${i}`)));
    expect(results.map((r) => r.lsn).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 30 }, (_, i) => lsn + 1 + i),
    );
  });

  test("a barcode of another product, however it is written, is a conflict that takes no LSN", async () => {
    await put("A", { gtins: ["4006381333931"], plu: "4011" });
    const { lsn } = await catalog.state();
    used.push("B");
    for (const fields of [{ gtins: ["04006381333931"] }, { plu: "04011" }])
      await expect(catalog.putProduct(product("B", fields), "test")).rejects.toMatchObject({
        code: "CONFLICT",
        message: expect.stringContaining("belongs to product A"),
      });
    expect((await catalog.state()).lsn).toBe(lsn);
    expect(await catalog.product(sku("B"))).toBeUndefined();
    await put("A");
    await expect(put("B", { gtins: ["4006381333931"] })).resolves.toMatchObject({ changed: true });
  });

  test("names, timed prices and picture are kept, and written otherwise they are the same", async () => {
    const timed = (validFrom: string) => ({ price: eur(99), validFrom, validUntil: null });
    const fields = { names: { "de-at": "Milch", fr: "Lait" }, image: "photo/a.jpg" };
    await put("A", { ...fields, prices: [timed("2026-06-01T00:00:00Z")] });
    expect(await catalog.product(sku("A"))).toMatchObject({
      ...{ names: { "de-AT": "Milch", fr: "Lait" }, image: "photo/a.jpg" },
      prices: [timed("2026-06-01T00:00:00.000Z")],
    });
    expect(await put("A", { ...fields, prices: [timed("2026-06-01T00:00:00.0Z")] })).toMatchObject({
      changed: false,
    });
  });

  test("prices that are negative or in two currencies are refused by the field", async () => {
    const inDollars = [{ price: money(1, "USD"), validFrom: "2026-06-01T00:00:00Z", validUntil: null }];
    await expect(put("A", { prices: inDollars })).rejects.toMatchObject({
      code: "INVALID_INPUT",
      message: expect.stringContaining("prices.0.price"),
    });
    await put("A");
    await expect(catalog.setPrice(sku("A"), eur(-1), "test")).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
  });

  test("a reference belongs to one product, and goes with it", async () => {
    await put("A");
    await put("B");
    await catalog.addReferences(sku("A"), [{ id: "r1", vector: unitVector(1) }], "test");
    const steal = catalog.addReferences(sku("B"), [{ id: "r1", vector: unitVector(1) }], "test");
    await expect(steal).rejects.toMatchObject({ code: "CONFLICT" });
    await catalog.removeProduct(sku("A"), "test");
    await put("A");
    await expect(
      catalog.addReferences(sku("A"), [{ id: "r1", vector: unitVector(1) }], "test"),
    ).resolves.toMatchObject({ changed: true });
  });

  test("a store has its own price, name and goods; taking it back is as the chain has it", async () => {
    await put("A", { prices: [{ price: eur(99), validFrom: "2026-06-01T00:00:00.000Z", validUntil: null }] });
    await catalog.putStore("north", "North Street");
    const own = Override.parse({ price: eur(179), name: "Local" });
    await catalog.putOverride("north", sku("A"), own, "test");
    expect(await catalog.override("north", sku("A"))).toEqual(own);
    expect(await catalog.productIn("north", sku("A"))).toMatchObject({
      name: "Local",
      price: eur(179),
      prices: [],
    });
    await catalog.putOverride("north", sku("A"), Override.parse({ available: false }), "test");
    expect(await catalog.productIn("north", sku("A"))).toBeUndefined();
    expect(await catalog.product(sku("A"))).toMatchObject({ price: eur(199) });
    await catalog.putOverride("north", sku("A"), null, "test");
    expect(await catalog.productIn("north", sku("A"))).toEqual(await catalog.product(sku("A")));
    expect(await catalog.putOverride("north", sku("A"), Override.parse({}), "test")).toMatchObject({
      changed: false,
    });
    expect(await catalog.stores()).toContainEqual({ name: "north", label: "North Street" });
  });

  test("unknown products and stores are errors that name the fix", async () => {
    await put("A");
    for (const call of [
      () => catalog.setPrice(sku("none"), eur(1), "test"),
      () => catalog.removeProduct(sku("none"), "test"),
      () => catalog.addReferences(sku("none"), [{ id: "r", vector: unitVector(1) }], "test"),
    ])
      await expect(call()).rejects.toMatchObject({
        code: "NOT_FOUND",
        fix: expect.stringContaining("PUT /api/products/none"),
      });
    await expect(catalog.putOverride("nowhere", sku("A"), Override.parse({}), "test")).rejects.toMatchObject({
      code: "NOT_FOUND",
      fix: expect.stringContaining("PUT /api/stores/nowhere"),
    });
  });

  test("the audit tells who changed what and when, before and after, newest first and page by page", async () => {
    const from = new Date(Date.now() - 1000).toISOString();
    await put("audited");
    await catalog.setPrice(sku("audited"), eur(249), "anna");
    await catalog.addReferences(sku("audited"), [{ id: "r2", vector: unitVector(2) }], "ben");
    await catalog.removeProduct(sku("audited"), "anna");
    const all = await catalog.audit({ sku: sku("audited"), from, limit: 100 });
    expect(
      all.slice(0, 5).map(({ kind, actor, before, after }) => [kind, actor, before !== null, after !== null]),
    ).toEqual([
      ["product", "anna", true, false],
      ["reference", "anna", true, false],
      ["reference", "ben", false, true],
      ["product", "anna", true, true],
      ["product", "test", false, true],
    ]);
    expect(all[3]).toMatchObject({
      before: { price: eur(199) },
      after: { price: eur(249) },
      at: expect.any(String),
    });
    const [newest] = await catalog.audit({ sku: sku("audited"), actor: "anna", limit: 1 });
    const next = await catalog.audit({ sku: sku("audited"), actor: "anna", before: newest?.lsn, limit: 1 });
    expect(next).toMatchObject([{ lsn: (newest?.lsn ?? 0) - 1, kind: "reference" }]);
    expect(await catalog.audit({ sku: sku("audited"), until: from, limit: 100 })).toEqual([]);
  });

  test("everything is there again after a restart", async () => {
    await put("A");
    await catalog.addReferences(sku("A"), [{ id: "keep", vector: unitVector(2), photo: "p.jpg" }], "test");
    const { lsn } = await catalog.state();
    await catalog.close();
    await db.close();
    db = await place().open();
    catalog = await CloudCatalog.open(db, "next-embedder");
    expect(await catalog.state()).toEqual({ lsn });
    const [foreign] = await catalog.foreignReferences();
    expect(foreign).toMatchObject({ id: "keep", photo: "p.jpg", embedderId });
    expect(foreign?.vector).toEqual(unitVector(2));
  });

  test("a database of a newer Tillsight is one clear error", async () => {
    const other = await place().another();
    const newer = await other.open();
    await newer.query("insert into migration (version) values (99)");
    await newer.close();
    await expect(other.open()).rejects.toMatchObject({ code: "CLOUD_NEWER" });
  }, 60_000);
});
