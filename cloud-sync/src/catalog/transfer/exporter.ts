import type { NodeName } from "@tillsight/contracts";
// The writing half of csv-parse.
import { stringify } from "csv-stringify/sync";
import type { Database } from "../../storage/database.js";
import { liveProducts } from "../live-rows.js";
import { Override } from "../override.js";
import { type Cells, overrideCells, overrideColumns, productCells, productColumns } from "./cells.js";
import type { KindName } from "./kinds.js";

export interface ExportOptions {
  readonly kind: KindName;
  readonly format: "csv" | "jsonl";
  /** Products as this store sells them; overrides of this store only. Left out: the chain, every store. */
  readonly store?: NodeName | undefined;
  /** Byte order mark at the start of a CSV file: Excel takes it for UTF-8 then. */
  readonly bom?: boolean;
}

/** Records in one piece of text. */
const batchRecords = 500;

/** One record in both forms. */
interface Exported {
  readonly json: object;
  readonly cells: Cells;
}

/** The file as text, piece by piece, as of one moment (products); importing it again changes nothing. */
export async function* exportText(db: Database, options: ExportOptions): AsyncGenerator<string> {
  const { kind, format, store } = options;
  const records = kind === "products" ? productRecords(db, store) : overrideRecords(db, store);
  if (format === "jsonl") {
    for await (const batch of batches(records))
      yield batch.map(({ json }) => `${JSON.stringify(json)}\n`).join("");
    return;
  }
  const columns = await columnsOf(db, kind);
  yield `${options.bom ? "\ufeff" : ""}${csv([columns])}`;
  for await (const batch of batches(records))
    yield csv(batch.map(({ cells }) => columns.map((column) => cells[column] ?? "")));
}

/** A name may begin like a formula: spreadsheets must not run it. */
const csv = (rows: readonly (readonly string[])[]): string =>
  stringify(rows as string[][], { escape_formulas: true, record_delimiter: "\r\n" });

async function columnsOf(db: Database, kind: KindName): Promise<string[]> {
  const table = kind === "products" ? "product" : "override";
  const { rows } = await db.query<{ language: string }>(
    `select distinct jsonb_object_keys(body->'names') as language from ${table} order by language`,
  );
  const columns = kind === "products" ? productColumns : overrideColumns;
  return columns.flatMap((column) =>
    column === "name" ? ["name", ...rows.map(({ language }) => `name:${language}`)] : [column],
  );
}

async function* productRecords(db: Database, store: NodeName | undefined): AsyncGenerator<Exported> {
  for await (const product of await liveProducts(db, store))
    yield { json: product, cells: productCells(product) };
}

async function* overrideRecords(db: Database, only: NodeName | undefined): AsyncGenerator<Exported> {
  for (let last = { store: "", sku: "" }; ; ) {
    const { rows } = await db.query<{ store: string; sku: string; body: unknown }>(
      `select store, sku, body from override
       where (store, sku) > ($1, $2) and ($3::text is null or store = $3) order by store, sku limit ${batchRecords}`,
      [last.store, last.sku, only ?? null],
    );
    for (const { store, sku, body } of rows) {
      const override = Override.parse(body);
      yield { json: { store, sku, ...override }, cells: overrideCells(store, sku, override) };
    }
    const end = rows.at(-1);
    if (!end || rows.length < batchRecords) return;
    last = end;
  }
}

async function* batches<T>(records: AsyncIterable<T>): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const record of records) {
    batch.push(record);
    if (batch.length < batchRecords) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
