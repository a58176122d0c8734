import { randomUUID } from "node:crypto";
import { gtinCheckDigit, type Sku } from "@tillsight/contracts";
import type { Database } from "../storage/database.js";
import { CloudCatalog } from "./catalog.js";
import { exportText } from "./transfer/exporter.js";
import { Imports } from "./transfer/imports.js";
import type { ImportReport } from "./transfer/report.js";

export interface CatalogBenchOptions {
  readonly products: number;
  /** Of each kind of search, and of reads. */
  readonly searches: number;
  readonly onProgress: (text: string) => void;
}

/** Seconds, or milliseconds of each call in ascending order. */
export interface CatalogBench {
  readonly products: number;
  readonly importSeconds: number;
  /** The same records written without check, history, search index or barcodes. */
  readonly bareSeconds: number;
  readonly repriceSeconds: number;
  readonly sameAgainSeconds: number;
  readonly exportSeconds: number;
  /** The feed read from LSN 0 to its end, and every live row. */
  readonly feedSeconds: number;
  readonly rowsSeconds: number;
  readonly peakRssMiB: number;
  readonly readMs: readonly number[];
  readonly searchMs: Readonly<Record<string, readonly number[]>>;
}

const first = [
  "Organic",
  "Fresh",
  "Classic",
  "Mild",
  "Crisp",
  "Smoked",
  "Salted",
  "Alpine",
  "Garden",
  "Golden",
];
const second = [
  "apple",
  "bread",
  "butter",
  "cheese",
  "chocolate",
  "coffee",
  "crackers",
  "drink",
  "honey",
  "juice",
];
const third = ["bar", "bottle", "box", "can", "family pack", "jar", "loaf", "pouch", "tray", "tub"];

/** One word more for each product, so that names are as different as in a shop. */
const word = (n: number): string => [7, 11, 13].map((prime) => "bcdfghklmnprst"[(n * prime) % 14]).join("ao");

const nameOf = (n: number) =>
  `${first[n % 10]} ${second[Math.floor(n / 10) % 10]} ${word(n)} ${third[Math.floor(n / 100) % 10]} ${n} g`;

export function gtinOf(n: number): string {
  const digits = `20${String(n).padStart(10, "0")}`;
  return `${digits}${gtinCheckDigit(digits)}`;
}

const header = "sku,name,name:de,unit,price,currency,taxRate,gtins";

function* csvOf(products: number, cents: number): Generator<Uint8Array> {
  yield Buffer.from(`${header}\n`);
  for (let n = 0; n < products; n++)
    yield Buffer.from(
      `sku-${n},${nameOf(n)},Ware ${n} ${word(n)},each,${((cents + (n % 900)) / 100).toFixed(2)},EUR,7,${gtinOf(n)}\n`,
    );
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

async function each(count: number, work: (n: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < count; n++) times.push((await seconds(() => work(n))) * 1000);
  return times.sort((a, b) => a - b);
}

/** Measures an empty catalog on `db`; its rows are left there. */
export async function benchCatalog(db: Database, options: CatalogBenchOptions): Promise<CatalogBench> {
  const { products, searches, onProgress } = options;
  const [imports, catalog] = [new Imports(db), await CloudCatalog.open(db, "bench")];
  let peakRssMiB = 0;
  const load = async (cents: number) => {
    let report: ImportReport | undefined;
    const took = await seconds(async () => {
      report = await imports.run(pieces(csvOf(products, cents)), {
        ...{ id: randomUUID(), kind: "products", format: "csv", file: "bench.csv", actor: "bench" },
        onProgress: () => {
          peakRssMiB = Math.max(peakRssMiB, process.memoryUsage().rss / 2 ** 20);
        },
      });
    });
    onProgress(
      `import ${report?.state}: ${report?.created} new, ${report?.changed} changed, ${took.toFixed(1)} s`,
    );
    return took;
  };
  const [importSeconds, repriceSeconds, sameAgainSeconds] = [
    await load(100),
    await load(200),
    await load(200),
  ];
  const bareSeconds = await seconds(() => bare(db, products));
  // What a server does by itself after so much was written.
  await db.script("analyze product; analyze product_search");
  onProgress("searching");
  const searchMs = await searchAll(catalog, products, searches);
  const readMs = await each(searches, (n) => catalog.product(`sku-${(n * 7919) % products}` as Sku));
  onProgress("reading all of it");
  const result = {
    ...{
      products,
      importSeconds,
      repriceSeconds,
      sameAgainSeconds,
      bareSeconds,
      searchMs,
      readMs,
      peakRssMiB,
    },
    exportSeconds: await seconds(() => drain(exportText(db, { kind: "products", format: "csv" }))),
    rowsSeconds: await seconds(async () => drain((await catalog.feed.rows("bench")).rows)),
    feedSeconds: await seconds(async () => {
      for (let lsn = 0, newest = await catalog.feed.lsn(); lsn < newest; )
        lsn = (await catalog.feed.after("bench", lsn, 1000)).toLsn;
    }),
  };
  await catalog.close();
  return result;
}

async function searchAll(catalog: CloudCatalog, products: number, count: number) {
  const pick = (n: number) => (n * 7919) % products;
  const queries: Record<string, (n: number) => string> = {
    "one common word": (n) => second[n % 10] as string,
    "three words": (n) => nameOf(pick(n)).split(" ").slice(0, 3).join(" "),
    "three letters, as typed": (n) => (second[n % 10] as string).slice(0, 3),
    "two letters, as typed": (n) => (second[n % 10] as string).slice(0, 2),
    "a barcode": (n) => gtinOf(pick(n)),
    "a word with a slip": (n) => (second[n % 10] as string).replace(/(.)(.)$/, "$2$1x"),
  };
  const times: Record<string, readonly number[]> = {};
  for (const [name, query] of Object.entries(queries))
    times[name] = await each(count, (n) => catalog.search(query(n), { limit: 50 }));
  return times;
}

async function bare(db: Database, products: number): Promise<void> {
  await db.script("create table bare (sku text primary key, body jsonb)");
  await db.transaction(async (tx) => {
    for (let n = 0; n < products; n += 1000) {
      const rows = Array.from({ length: Math.min(1000, products - n) }, (_, i) => ({
        sku: `sku-${n + i}`,
        body: {
          sku: `sku-${n + i}`,
          name: nameOf(n + i),
          gtins: [gtinOf(n + i)],
          price: { minor: 100, currency: "EUR" },
        },
      }));
      await tx.query(
        "insert into bare select * from jsonb_to_recordset($1::jsonb) as b (sku text, body jsonb)",
        [JSON.stringify(rows)],
      );
    }
  });
  await db.script("drop table bare");
}

/** As a file is read: 64 KiB at once. */
async function* pieces(lines: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let batch: Uint8Array[] = [];
  for (const line of lines) {
    batch.push(line);
    if (batch.length < 700) continue;
    yield Buffer.concat(batch);
    batch = [];
  }
  yield Buffer.concat(batch);
}

async function drain(rows: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of rows);
}
