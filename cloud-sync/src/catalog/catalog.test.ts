import { money, type Sku } from "@tillsight/contracts";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { embedderId, product, size, temporaryFolder, unitVector } from "../test-helpers.js";
import { CloudCatalog } from "./catalog.js";
import { openDatabase } from "./database.js";

let folder: ReturnType<typeof temporaryFolder>;
let catalog: CloudCatalog;
let used: string[] = [];
const sku = (text: string) => text as Sku;

beforeAll(async () => {
  folder = temporaryFolder();
  catalog = await CloudCatalog.open(folder.dir, embedderId);
}, 120_000);
afterAll(async () => {
  await catalog.close();
  folder.clean();
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
  expect(await catalog.setPrice(sku("A"), money(249, "EUR"), "test")).toEqual({
    lsn: lsn + 2,
    changed: true,
  });
  expect(await catalog.product(sku("A"))).toEqual(product("A", { price: money(249, "EUR") }));
  const delta = await catalog.deltaAfter(lsn, 100_000);
  expect(delta).toMatchObject({ fromLsn: lsn, toLsn: lsn + 2 });
  expect(delta?.changes.map((change) => change.kind)).toEqual(["productUpserted", "productUpserted"]);
  expect(await catalog.deltaAfter(lsn + 2, 100_000)).toBeNull();
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
});

test("references travel with seven decimals and go with their product", async () => {
  await put("A");
  const { lsn } = await catalog.state();
  await catalog.addReferences(sku("A"), [{ id: "r1", vector: unitVector(1) }], "test");
  const delta = await catalog.deltaAfter(lsn, 100_000);
  const change = delta?.changes[0];
  expect(change).toMatchObject({ kind: "referenceUpserted", reference: { id: "r1", sku: "A", embedderId } });
  if (change?.kind !== "referenceUpserted") return expect.unreachable();
  for (let i = 0; i < size; i++)
    expect(change.reference.vector[i]).toBeCloseTo(unitVector(1)[i] as number, 6);
  await catalog.removeProduct(sku("A"), "test");
  await put("A");
  await expect(
    catalog.addReferences(sku("A"), [{ id: "r1", vector: unitVector(1) }], "test"),
  ).resolves.toMatchObject({ changed: true });
});

test("unknown products are errors that name the fix", async () => {
  for (const call of [
    () => catalog.setPrice(sku("none"), money(1, "EUR"), "test"),
    () => catalog.removeProduct(sku("none"), "test"),
    () => catalog.addReferences(sku("none"), [{ id: "r", vector: unitVector(1) }], "test"),
  ])
    await expect(call()).rejects.toMatchObject({
      code: "NOT_FOUND",
      fix: expect.stringContaining("PUT /api/products/none"),
    });
});

test("search finds parts of names and SKUs and takes wildcards literally", async () => {
  await put("milk-1", { name: "Milk 100%" });
  await put("milk-2", { name: "Oat drink" });
  expect((await catalog.products("MILK", 10)).map((p) => p.sku)).toEqual(["milk-1", "milk-2"]);
  expect((await catalog.products("100%", 10)).map((p) => p.sku)).toEqual(["milk-1"]);
  expect((await catalog.products("_", 10)).map((p) => p.sku)).toEqual([]);
});

test("a delta is bounded in bytes, holds at least one change, and together they miss none", async () => {
  const { lsn } = await catalog.state();
  for (let i = 0; i < 40; i++) await put(`C${i}`);
  const seen: number[] = [];
  let after = lsn;
  for (
    let delta = await catalog.deltaAfter(after, 1500);
    delta;
    delta = await catalog.deltaAfter(after, 1500)
  ) {
    expect(delta.fromLsn).toBe(after);
    expect(JSON.stringify(delta).length).toBeLessThan(2500);
    seen.push(...delta.changes.map((change) => change.lsn));
    after = delta.toLsn;
  }
  expect(seen).toEqual(Array.from({ length: 40 }, (_, i) => lsn + 1 + i));
  expect((await catalog.deltaAfter(lsn, 1))?.changes).toHaveLength(1);
});

test("everything is there again after a restart, the published LSN never moves back, another embedder's references are passed over", async () => {
  await put("A");
  await catalog.addReferences(sku("A"), [{ id: "keep", vector: unitVector(2), photo: "p.jpg" }], "test");
  const { lsn } = await catalog.state();
  await catalog.confirmPublished(lsn);
  await catalog.confirmPublished(1);
  await catalog.close();
  catalog = await CloudCatalog.open(folder.dir, "next-embedder");
  expect(await catalog.state()).toEqual({ lsn, publishedLsn: lsn });
  expect(await catalog.referenceCount()).toBe(0);
  expect(await catalog.foreignReferences()).toMatchObject([{ id: "keep", photo: "p.jpg", embedderId }]);
  const delta = await catalog.deltaAfter(0, 10_000_000);
  expect(delta?.toLsn).toBe(lsn);
  expect(delta?.changes.some((change) => change.kind === "referenceUpserted")).toBe(false);
});

test("a database of a newer Tillsight is one clear error", async () => {
  const other = temporaryFolder();
  const db = await openDatabase(other.dir);
  await db.query("insert into migration (version) values (99)");
  await db.close();
  await expect(CloudCatalog.open(other.dir, embedderId)).rejects.toMatchObject({ code: "CLOUD_NEWER" });
  other.clean();
}, 60_000);
