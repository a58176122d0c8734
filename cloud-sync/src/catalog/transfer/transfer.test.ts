import { randomUUID } from "node:crypto";
import { money, type Sku } from "@tillsight/contracts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Database } from "../../storage/database.js";
import { onEachEngine } from "../../storage/testing/each-engine.js";
import { embedderId, product } from "../../test-helpers.js";
import { CloudCatalog } from "../catalog.js";
import { Override } from "../override.js";
import { type ExportOptions, exportText } from "./exporter.js";
import type { ImportOptions } from "./importer.js";
import { Imports } from "./imports.js";

const eur = (minor: number) => money(minor, "EUR");
const header = "sku,name,unit,price,currency,taxRate,gtins";

/** In pieces of a few bytes, so that every border falls inside something. */
async function* pieces(text: string | Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

onEachEngine((place) => {
  let db: Database;
  let catalog: CloudCatalog;
  let imports: Imports;
  beforeAll(async () => {
    db = await place().open();
    catalog = await CloudCatalog.open(db, embedderId);
    imports = new Imports(db);
    await imports.start();
    await catalog.putStore("north");
  }, 120_000);
  afterAll(async () => {
    await catalog.close();
    await db.close();
  });
  beforeEach(async () => {
    for (const { sku } of await catalog.products("", 500)) await catalog.removeProduct(sku, "test");
  });

  const load = (text: string | Uint8Array, options: Partial<ImportOptions> = {}) =>
    imports.run(pieces(text), {
      ...{ id: randomUUID(), kind: "products", format: "csv", file: "goods.csv", actor: "anna" },
      ...options,
    });
  async function dump(options: Partial<ExportOptions> = {}): Promise<string> {
    let text = "";
    for await (const part of exportText(db, { kind: "products", format: "csv", ...options })) text += part;
    return text;
  }
  const get = (sku: string) => catalog.product(sku as Sku);

  test("a file of a spreadsheet: new goods, changed ones and the same again", async () => {
    const file = `${header}\nmilk,"Milk, fresh",each,1.19,EUR,7,4006381333931\napple,Apple,weight,2.99,EUR,7,\n`;
    expect(await load(file)).toMatchObject({
      state: "done",
      lines: 2,
      created: 2,
      changed: 0,
      errorCount: 0,
    });
    expect(await get("milk")).toEqual(
      product("milk", { name: "Milk, fresh", price: eur(119), gtins: ["4006381333931"] }),
    );
    const { lsn } = await catalog.state();
    expect(await load(file.replace("2.99", "3.09"))).toMatchObject({
      created: 0,
      changed: 1,
      unchanged: 1,
      lsn: lsn + 1,
    });
    expect(await load(file.replace("2.99", "3.09"))).toMatchObject({
      state: "done",
      unchanged: 2,
      lsn: lsn + 1,
    });
    const [newest] = await catalog.audit({ limit: 1 });
    expect(newest).toMatchObject({
      actor: "anna",
      source: expect.stringMatching(/^import:/),
      after: { sku: "apple" },
    });
  });

  test("a price list with two columns changes prices and nothing else", async () => {
    await catalog.putProduct(product("milk", { names: { de: "Milch" }, plu: "4011" }), "test");
    expect(await load("SKU;Price\nmilk;1,29\n")).toMatchObject({ state: "done", changed: 1 });
    expect(await get("milk")).toEqual(
      product("milk", { names: { de: "Milch" }, plu: "4011", price: eur(129) }),
    );
  });

  test("one wrong line of many: every error by line and column, and nothing is imported", async () => {
    await catalog.putProduct(product("owner", { gtins: ["4006381333931"] }), "test");
    const { lsn } = await catalog.state();
    const file = [
      ...[
        header,
        "good,Good,each,1.00,EUR,7,",
        'multi,"two\nlines",each,1.00,EUR,7,',
        "bad sku,X,each,1.00,EUR,7,",
      ],
      ...[
        "p,X,each,1.005,EUR,7,",
        "t,X,each,1.00,EUR,seven,",
        "u,X,piece,1.00,EUR,7,",
        "g,X,each,1.00,EUR,7,4.00638E+12",
      ],
      ...["good,Again,each,1.00,EUR,7,", "more,X,each,1,2,3,4,5", ",X,each,1.00,EUR,7,"],
    ].join("\n");
    const report = await load(file);
    expect(report).toMatchObject({ state: "refused", created: 0, lsn: null });
    expect(report.errors.map(({ line, field }) => `${line} ${field}`).sort()).toEqual(
      ["10 sku", "11 ", "12 sku", "5 sku", "7 taxRate", "8 unit", "9 gtins"].sort(),
    );
    expect(await imports.errors(report.id, 0, 100)).toHaveLength(report.errorCount);
    expect((await catalog.state()).lsn).toBe(lsn);
    const late = await load(
      `${header}\np,X,each,1.005,EUR,7,\nthief,X,each,1.00,EUR,7,4006381333931\nnew,,,,,,`,
    );
    expect(late.errors.map(({ line, field }) => `${line} ${field}`).sort()).toEqual([
      ...["4 name", "4 price", "4 taxRate", "4 unit"],
    ]);
    const last = await load(`${header}\np,X,each,1.005,EUR,7,\nthief,X,each,1.00,EUR,7,4006381333931\n`);
    expect(last.errors).toMatchObject([
      { line: 2, field: "price", message: expect.stringContaining("decimals") },
      { line: 3, field: "gtins", message: expect.stringContaining("belongs to product owner") },
    ]);
    expect((await catalog.state()).lsn).toBe(lsn);
    expect(await get("good")).toBeUndefined();
  });

  test("barcodes may change hands within one file", async () => {
    await catalog.putProduct(product("a", { gtins: ["4006381333931"] }), "test");
    await catalog.putProduct(product("b", { gtins: ["40170725"] }), "test");
    expect(await load("sku,gtins\na,40170725\nb,4006381333931\n")).toMatchObject({
      state: "done",
      changed: 2,
    });
    expect((await catalog.products("40170725", 5)).map((p) => p.sku)).toEqual(["a"]);
    const twice = await load("sku,gtins\na,40170725\nb,40170725\n");
    expect(twice).toMatchObject({ state: "refused", errors: [{ line: 3, field: "gtins" }] });
  });

  const unreadable: [name: string, text: string | Uint8Array, says: string][] = [
    ["no header that we know", "article,costs\n1,2\n", "no such column"],
    ["a column twice", "sku,sku\n1,2\n", "twice"],
    ["nothing in it", "", "no record"],
    ["a header only", `${header}\n`, "no record"],
    ["a quote that is never closed", `${header}\nmilk,"Milk,each,1.19,EUR,7,\n`, "the rest was not read"],
  ];
  test.each(unreadable)("a file with %s is refused and says why", async (_, text, says) => {
    const report = await load(text);
    expect(report).toMatchObject({ state: "refused", created: 0 });
    expect(report.errors[0]?.message).toContain(says);
  });

  test("a file in an older encoding is told from UTF-8, and read when it is named", async () => {
    const file = Buffer.from("sku,name,unit,price,currency,taxRate\nk,K\xe4se,each,1,EUR,7\n", "latin1");
    expect(await load(file)).toMatchObject({
      state: "failed",
      failure: expect.stringContaining("windows-1252"),
    });
    expect(await load(file, { encoding: "windows-1252" })).toMatchObject({ state: "done" });
    expect(await get("k")).toMatchObject({ name: "Käse" });
  });

  test("a connection that breaks in the middle leaves nothing", async () => {
    async function* broken() {
      yield new TextEncoder().encode(`${header}\nmilk,Milk,each,1.19,EUR,7,\n`);
      throw new RangeError("cable pulled");
    }
    const options = { id: randomUUID(), kind: "products", format: "csv", file: "f", actor: "anna" } as const;
    expect(await imports.run(broken(), options)).toMatchObject({ state: "failed", failure: "cable pulled" });
    expect(await get("milk")).toBeUndefined();
    expect((await db.query("select 1 from import_row")).rows).toEqual([]);
  });

  test("trying it first tells what would happen, and the same id again tells of the first", async () => {
    const file = `${header}\nmilk,Milk,each,1.19,EUR,7,\n`;
    expect(await load(file, { dryRun: true })).toMatchObject({ state: "checked", created: 1, lsn: null });
    expect(await get("milk")).toBeUndefined();
    const id = randomUUID();
    const first = await load(file, { id });
    expect(await load("nonsense", { id })).toEqual(first);
    expect((await imports.list({ limit: 5 }))[0]).toEqual(first);
  });

  test("a replacement removes what the file does not name, also when its barcodes go on", async () => {
    await catalog.putProduct(product("old", { gtins: ["4006381333931"] }), "test");
    const file = `${header}\nnew,New,each,1.19,EUR,7,4006381333931\n`;
    expect(await load(file)).toMatchObject({ state: "refused" });
    expect(await load(file, { replace: true })).toMatchObject({ state: "done", created: 1, removed: 1 });
    expect((await catalog.products("", 10)).map((p) => p.sku)).toEqual(["new"]);
  });

  const rich = () => [
    product("a", {
      ...{
        name: "=SUM(A1)",
        names: { de: 'Sagt "hallo"; ja', fr: "@œuf" },
        plu: "4011",
        tareGrams: 12,
        unitGrams: 250,
      },
      ...{ minAge: 18, gtins: ["40170725", "4006381333931"], taxRateBp: 770, image: "photo/a.jpg" },
      prices: [
        { price: eur(99), validFrom: "2026-06-01T00:00:00.000Z", validUntil: "2026-07-01T00:00:00.000Z" },
        { price: eur(129), validFrom: "2026-09-01T00:00:00.000Z", validUntil: null },
      ],
    }),
    product("b", { unit: "weight", price: money(500, "JPY"), name: "-1 line\nbreak" }),
  ];

  test.each(["csv", "jsonl"] as const)(
    "what is exported as %s and imported again is the same",
    async (format) => {
      for (const item of rich()) await catalog.putProduct(item, "test");
      const text = await dump({ format });
      const { lsn } = await catalog.state();
      expect(await load(text, { format })).toMatchObject({ state: "done", unchanged: 2, lsn });
      for (const item of rich()) await catalog.removeProduct(item.sku, "test");
      expect(await load(text, { format })).toMatchObject({ state: "done", created: 2 });
      expect(await catalog.products("", 10)).toEqual(rich().reverse());
      expect(await dump({ format })).toBe(text);
      if (format === "csv") expect(text).toContain("'=SUM(A1)");
    },
  );

  test.each(["csv", "jsonl"] as const)(
    "what stores do otherwise is exported and imported as %s",
    async (format) => {
      await catalog.putProduct(product("a"), "test");
      await catalog.putProduct(product("b"), "test");
      const own = Override.parse({ price: eur(1), names: { de: "Eigen" }, name: "Own" });
      await catalog.putOverride("north", "a" as Sku, own, "test");
      await catalog.putOverride("north", "b" as Sku, Override.parse({ available: false }), "test");
      const text = await dump({ kind: "overrides", format });
      expect(await load(text, { kind: "overrides", format })).toMatchObject({ state: "done", unchanged: 2 });
      for (const sku of ["a", "b"] as Sku[]) await catalog.putOverride("north", sku, null, "test");
      expect(await load(text, { kind: "overrides", format })).toMatchObject({ state: "done", created: 2 });
      expect(await catalog.override("north", "a" as Sku)).toEqual(own);
      expect(await dump({ store: "north" })).toContain("Own");
      expect(await dump({ store: "north" })).not.toMatch(/^b,/m);
      const wrong = await load("store,sku,price\nnowhere,a,1\nnorth,z,1\n", { kind: "overrides" });
      expect(wrong.errors).toMatchObject([
        { line: 2, field: "store" },
        { line: 3, field: "sku" },
      ]);
    },
  );

  test("a JSON line that is none is an error of that line", async () => {
    const report = await load('{"sku":"a"\n\n{"sku":"b","colour":"red"}\n[]\n', { format: "jsonl" });
    expect(report).toMatchObject({ state: "refused" });
    expect(report.errors.map(({ line }) => line)).toEqual([1, 3, 4]);
  });

  test("what an earlier process left unfinished is failed at the next start", async () => {
    const id = randomUUID();
    const report = JSON.stringify({ id, state: "reading" });
    await db.query(
      "insert into import values ($1, 'products', 'f', 'a', 'reading', $2::jsonb, now() - interval '2 days', null)",
      [id, report],
    );
    await imports.start();
    expect(await imports.find(id)).toMatchObject({
      state: "failed",
      failure: expect.stringContaining("again"),
    });
  });

  test("progress is told while it reads and while it applies, and can be asked for", async () => {
    const id = randomUUID();
    const told: string[] = [];
    const lines = Array.from({ length: 2500 }, (_, i) => `s${i},Item ${i},each,1.19,EUR,7,`);
    const asked: unknown[] = [];
    const report = await imports.run(pieces([header, ...lines].join("\n"), 65_536), {
      ...{ id, kind: "products", format: "csv", file: "f", actor: "anna" },
      onProgress: ({ state, lines, applied }) => {
        told.push(`${state} ${state === "reading" ? lines : applied}`);
        void imports.find(id).then((found) => asked.push(found?.state));
      },
    });
    expect(report).toMatchObject({ state: "done", lines: 2500, created: 2500 });
    expect(told).toEqual(
      expect.arrayContaining(["reading 1000", "reading 2500", "applying 1000", "applying 2500"]),
    );
    expect(asked).toContain("applying");
  });
});
