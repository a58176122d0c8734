import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Sku } from "@tillsight/contracts";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { silentLogger } from "../observe/logger.js";
import { Catalog, openCatalog } from "./catalog.js";
import { catalogError, openDatabase } from "./database.js";
import { CatalogStore } from "./store.js";
import {
  embedderId,
  product,
  productRow,
  reference,
  referenceRow,
  size,
  TinyHeadquarters,
  temporaryFolder,
  unitVector,
} from "./test-helpers.js";

let folder: ReturnType<typeof temporaryFolder>;
const opened: Catalog[] = [];

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  for (const catalog of opened.splice(0)) await catalog.stop();
  folder.clean();
});

async function open(options: Partial<ConstructorParameters<typeof Catalog>[0]> = {}): Promise<Catalog> {
  const catalog = new Catalog({ dir: folder.dir, embedderId, size, watchMs: 20, ...options });
  opened.push(catalog);
  return catalog.start();
}

const attempt = (work: () => void, file: string) => {
  try {
    work();
  } catch (error) {
    throw catalogError(error, file);
  }
};

const code = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return "no error";
};

describe("reading", () => {
  test("a product is found by SKU, by every way its code is printed, and by name without accents", async () => {
    const catalog = await open();
    const apple = product("apple", {
      ...{ name: "Äpfel 100%", gtins: ["4006381333931"], plu: "4011", names: { fr: "Pommes" } },
      prices: [
        {
          price: { minor: 1, currency: "EUR" },
          validFrom: "2026-01-01T00:00:00Z",
          validUntil: null,
        },
      ],
      image: "photo/apple.jpg",
    });
    catalog.enrol(apple, []);
    catalog.enrol(product("pear", { name: "Birne aus Apfelhausen" }), []);
    expect(catalog.product("apple" as Sku)).toEqual(apple);
    expect(catalog.product("nothing" as Sku)).toBeUndefined();
    for (const digits of ["4006381333931", "04006381333931", "4011", "04011"])
      expect(catalog.productByBarcode(digits)?.sku).toBe("apple");
    expect(catalog.productByBarcode("4012")).toBeUndefined();
    expect(catalog.search("apfel", 10).map((p) => p.sku)).toEqual(["apple", "pear"]);
    expect(catalog.search("pomme", 10).map((p) => p.sku)).toEqual(["apple"]);
    expect(catalog.search("100%", 10).map((p) => p.sku)).toEqual(["apple"]);
    expect(catalog.search("%", 10).map((p) => p.sku)).toEqual(["apple"]);
    expect(catalog.search("apfel", 1)).toHaveLength(1);
  });

  test("a query of another length is an error that says so", async () => {
    const catalog = await open();
    expect(code(() => catalog.nearest(new Float32Array(3), 1))).toBe("INVALID_INPUT");
  });
});

describe("deltas", () => {
  const refs = [reference("r1", "A"), reference("r2", "B")] as const;
  const first = [
    productRow(product("A")),
    referenceRow(refs[0]),
    productRow(product("B")),
    referenceRow(refs[1]),
  ];
  const nearestTo = (catalog: Catalog, at: 0 | 1) =>
    catalog.nearest(Float32Array.from(refs[at].vector), 1)[0];
  const reason = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      return (error as { reason?: string }).reason ?? String(error);
    }
    return "none";
  };
  const level = (catalog: Catalog, hq: TinyHeadquarters) => {
    const stateHash = hq.stateHash.toString("hex");
    expect(catalog.syncState).toEqual({ lsn: hq.lsn, epoch: hq.epoch, stateHash });
    expect(catalog.recount()).toEqual({ stateHash, rows: hq.rows.size });
  };

  test("a delta is searchable at once, its listeners hear the LSN, the same again changes nothing", async () => {
    const catalog = await open();
    const hq = new TinyHeadquarters();
    const heard: number[] = [];
    catalog.onChange((lsn) => heard.push(lsn));
    const delta = hq.delta(first);
    expect(catalog.apply(delta)).toEqual({ lsn: 4, applied: 4 });
    level(catalog, hq);
    expect(nearestTo(catalog, 1)).toMatchObject({ sku: "B", referenceId: "r2" });
    expect(nearestTo(catalog, 1)?.score).toBeGreaterThan(0.999);
    expect(reason(() => catalog.apply(delta))).toBe("replayed");
    expect(catalog.referenceCount).toBe(2);
    expect(heard).toEqual([4]);
  });

  test("what does not fit changes nothing, whatever stands before it in the delta", async () => {
    const catalog = await open();
    const hq = new TinyHeadquarters();
    catalog.apply(hq.delta(first));
    const before = catalog.syncState;
    const priced = productRow(product("A", { price: { minor: 1, currency: "EUR" } }));
    const good = () => {
      const other = new TinyHeadquarters();
      other.delta(first);
      return other;
    };
    const short = referenceRow({ ...reference("r3", "A"), vector: [1, 0, 0, 0, 0, 0, 0, 0] });
    const next = good().delta([priced]);
    const cases: [Parameters<Catalog["apply"]>[0], string][] = [
      [{ ...next, fromLsn: 5, toLsn: 6 }, "gap"],
      [{ ...next, fromLsn: 3 }, "overlap"],
      [{ ...next, embedderId: "other" }, "wrongEmbedder"],
      [{ ...next, epoch: 2 }, "wrongEpoch"],
      [{ ...next, preHash: new Uint8Array(32) }, "preHash"],
      [{ ...next, postHash: new Uint8Array(32) }, "postHash"],
      [{ ...next, rows: [...next.rows, "p:B"] }, "postHash"],
      [{ ...next, rows: [...next.rows, "q:B"] }, "unreadableRow"],
      [{ ...next, rows: [...next.rows, new Uint8Array([0xa0])] }, "unreadableRow"],
      [good().delta([priced, short]), "unreadableRow"],
    ];
    for (const [delta, want] of cases)
      expect(
        reason(() => catalog.apply(delta)),
        want,
      ).toBe(want);
    expect(catalog.syncState).toEqual(before);
    expect(catalog.product("A" as Sku)?.price.minor).toBe(199);
    expect(catalog.referenceCount).toBe(2);
    level(catalog, hq);
  });

  test("a replaced reference answers with its new vector only, a removed product not at all", async () => {
    const catalog = await open();
    const hq = new TinyHeadquarters();
    catalog.apply(hq.delta(first));
    const moved = reference("r1", "A");
    catalog.apply(hq.delta([referenceRow(moved)]));
    expect(catalog.nearest(Float32Array.from(moved.vector), 1)[0]?.score).toBeGreaterThan(0.999);
    expect(nearestTo(catalog, 0)?.score).toBeLessThan(0.99);
    catalog.apply(hq.delta([], "p:A"));
    expect(catalog.nearest(Float32Array.from(moved.vector), 5).map((n) => n.sku)).toEqual(["B"]);
    catalog.apply(hq.delta([], "r:r1"));
    expect(catalog.facts).toMatchObject({ products: 1, hq: 1 });
    level(catalog, hq);
  });

  test("the same vector under another SKU moves, and the state follows", async () => {
    const catalog = await open();
    const hq = new TinyHeadquarters();
    catalog.apply(hq.delta(first));
    catalog.apply(hq.delta([referenceRow({ ...refs[0], sku: "B" as Sku })]));
    expect(nearestTo(catalog, 0)?.sku).toBe("B");
    level(catalog, hq);
  });

  test("a barcode goes to the product that named it last, and away with it", async () => {
    const catalog = await open();
    const hq = new TinyHeadquarters();
    const gtin = { gtins: ["4006381333931"] };
    catalog.apply(hq.delta([productRow(product("A", gtin)), productRow(product("B", gtin))]));
    expect(catalog.productByBarcode("4006381333931")?.sku).toBe("B");
    catalog.apply(hq.delta([productRow(product("B"))]));
    expect(catalog.productByBarcode("4006381333931")).toBeUndefined();
  });

  test("what the store enrolled survives headquarters, until headquarters takes it over", async () => {
    const catalog = await open();
    const hq = new TinyHeadquarters();
    const own = reference("own", "local");
    catalog.enrol(product("local"), [own]);
    catalog.apply(hq.delta([productRow(product("X"))]));
    catalog.apply(hq.delta([], "p:local", "r:own"));
    expect(catalog.product("local" as Sku)).toBeDefined();
    level(catalog, hq);
    const dearer = product("local", { price: { minor: 500, currency: "EUR" } });
    catalog.apply(hq.delta([productRow(dearer), referenceRow(own)]));
    expect(catalog.facts).toMatchObject({ hq: 1, store: 0 });
    expect(code(() => catalog.remove("local" as Sku))).toBe("CATALOG_OWNED_BY_HQ");
    catalog.enrol(product("local"), [reference("more", "local")]);
    expect(catalog.product("local" as Sku)?.price.minor).toBe(500);
    expect(catalog.facts).toMatchObject({ hq: 1, store: 1 });
    level(catalog, hq);
    catalog.apply(hq.delta([], "p:local"));
    expect(catalog.facts).toMatchObject({ hq: 1, store: 0, products: 1 });
    level(catalog, hq);
  });
});

describe("files", () => {
  test("a restart gives the same answers", async () => {
    const catalog = await open();
    for (let i = 0; i < 200; i++) catalog.enrol(product(`P${i}`), [reference(`r${i}`, `P${i}`)]);
    const queries = Array.from({ length: 20 }, () => unitVector());
    const before = queries.map((q) => catalog.nearest(q, 3));
    await catalog.stop();
    const again = await open();
    expect(again.facts.generation).toBe(1);
    // Graph and exact search add up in another order: the last digits of a score may differ.
    const after = queries.map((q) => again.nearest(q, 3));
    expect(after.map((hits) => hits.map((hit) => hit.sku))).toEqual(
      before.map((hits) => hits.map((hit) => hit.sku)),
    );
    for (const [i, hits] of after.entries())
      expect(hits[0]?.score).toBeCloseTo(before[i]?.[0]?.score ?? Number.NaN, 5);
  });

  test("another embedder starts with headquarters' history again and keeps the store's rows unsearched", async () => {
    const catalog = await open();
    const hq = new TinyHeadquarters();
    catalog.apply(hq.delta([productRow(product("A")), referenceRow(reference("r1", "A"))]));
    catalog.enrol(product("own"), [reference("mine", "own")]);
    await catalog.stop();
    const other = await open({ embedderId: "next", size: 64 });
    expect(other.facts).toMatchObject({ lsn: 0, hq: 0, store: 0, foreign: 1, products: 2 });
    expect(other.syncState.stateHash).toBeNull();
  });

  test("an item enrolled by another process sells here without a restart", async () => {
    const lane = await open();
    const command = await open({ keepsGenerations: false });
    const vector = unitVector();
    command.enrol(product("new"), [reference("n", "new", vector)]);
    await command.stop();
    await expect.poll(() => lane.nearest(vector, 1)[0]?.sku, { timeout: 2000, interval: 20 }).toBe("new");
  });

  test("session numbers are never given twice", async () => {
    const catalog = await open();
    const first = catalog.nextSession();
    await catalog.stop();
    expect((await open()).nextSession()).toBe(first + 1);
  });

  test.each([
    [
      "a file that is no database",
      "CATALOG_CORRUPT",
      (file: string) => writeFileSync(file, "not a database, but long enough to look at".repeat(100)),
    ],
    [
      "a catalog of a newer Tillsight",
      "CATALOG_NEWER",
      (file: string) => new Database(file).pragma("user_version = 99"),
    ],
    [
      "a folder where the file should be",
      "CATALOG_IO",
      (file: string) => new Database(join(file, "x"), { fileMustExist: true }),
    ],
  ])("%s is one clear error", async (_, want, spoil) => {
    if (want === "CATALOG_IO")
      return await expect(openCatalog({ dir: "/dev/null/x", embedderId, size })).rejects.toMatchObject({
        code: want,
      });
    spoil(join(folder.dir, "catalog.db"));
    await expect(open()).rejects.toMatchObject({ code: want, fix: expect.stringMatching(/.{20}/) });
  });

  test("a catalog that another program holds is one clear error, and works when it lets go", async () => {
    await open();
    const other = new Database(join(folder.dir, "catalog.db"));
    other.exec("begin immediate");
    const catalog = opened[0] as Catalog;
    expect(code(() => catalog.enrol(product("A"), []))).toBe("CATALOG_LOCKED");
    other.exec("rollback");
    other.close();
    catalog.enrol(product("A"), []);
    expect(catalog.productCount).toBe(1);
  });

  test("changes of others that cannot be read are said once, and taken over when they can", async () => {
    const warned: string[] = [];
    const log = { ...silentLogger, warn: (message: string) => void warned.push(message) };
    const catalog = await open({ log });
    const heard: number[] = [];
    catalog.onChange((lsn) => heard.push(lsn));
    const other = new Database(join(folder.dir, "catalog.db"));
    other.exec("alter table meta rename to elsewhere");
    await expect.poll(() => warned).toEqual(["changes of other processes cannot be taken over"]);
    expect(heard).toEqual([]);
    other.exec("alter table elsewhere rename to meta");
    other.close();
    await expect.poll(() => heard.length).toBe(1);
    expect(warned).toHaveLength(1);
  });

  test("a full disk is one clear error and changes nothing", () => {
    const file = join(folder.dir, "catalog.db");
    const db = openDatabase(file);
    db.pragma(`max_page_count = ${db.pragma("page_count", { simple: true })}`);
    const store = new CatalogStore(db);
    const fill = () => store.transaction(() => store.setMeta("fill", "x".repeat(100_000)));
    expect(code(() => attempt(fill, file))).toBe("CATALOG_DISK_FULL");
    expect(store.meta("fill")).toBeUndefined();
    store.close();
  });
});

test("a product list is imported whole, or not at all with every bad row named", async () => {
  const catalog = await open();
  const good = [product("A", { gtins: ["4006381333931"] }), product("B")];
  const bad = [
    good[0],
    { ...good[1], price: { minor: 1.5, currency: "EUR" } },
    { ...good[0], sku: "C" },
    { sku: "no blanks" },
    good[0],
  ];
  const report = catalog.importProducts(bad);
  expect(report.imported).toBe(0);
  expect(report.errors.map((e) => `${e.row} ${e.field}`)).toEqual(
    expect.arrayContaining(["2 price.minor", "3 gtins", "4 sku", "5 sku"]),
  );
  expect(catalog.productCount).toBe(0);
  expect(catalog.importProducts({ products: good }).errors).toHaveLength(1);
  expect(catalog.importProducts(good)).toEqual({ imported: 2, errors: [] });
  expect(catalog.productCount).toBe(2);
});
