import { stringify } from "csv-stringify/sync";
import { decimalOf } from "../catalog/transfer/amount.js";
import type { Sql } from "../storage/database.js";
import { eachSale, type SalesQuery, type StoredSale } from "./queries.js";

export const salesFormats = ["csv", "json", "jsonl"] as const;
export type SalesFormat = (typeof salesFormats)[number];

const columns = [
  ...["transaction", "store", "terminal", "status", "opened_at", "ended_at", "line", "sku", "name"],
  ...["unit", "quantity", "grams", "unit_price", "tax_rate_percent", "total", "currency", "source", "voided"],
] as const;

/** A row a line, because that is what bookkeeping and spreadsheets add up; amounts as decimals. */
function rowsOf({ id, store, terminal, sale }: StoredSale): string[][] {
  const time = (ms: number) => new Date(ms).toISOString();
  const head = [id, store, terminal, sale.status, time(sale.openedAt), time(sale.endedAt)];
  return sale.lines.map((line) => [
    ...head,
    ...[line.id, line.sku ?? "", line.name, line.unit, String(line.quantity), String(line.grams ?? "")],
    ...[decimalOf(line.unitPrice), String(line.taxRateBp / 100), decimalOf(line.total), line.total.currency],
    ...[line.source, String(line.voided)],
  ]);
}

/** A name may begin like a formula: spreadsheets must not run it. */
const csv = (rows: readonly (readonly string[])[]): string =>
  stringify(rows as string[][], { escape_formulas: true, record_delimiter: "\r\n" });

const json = ({ id: _, at: __, receivedAt, store, terminal, sale }: StoredSale): string =>
  JSON.stringify({ store, terminal, receivedAt, ...sale });

/** Sales as text, piece by piece, the oldest first. */
export async function* exportSales(sql: Sql, format: SalesFormat, query: SalesQuery): AsyncGenerator<string> {
  if (format === "csv") yield csv([columns]);
  let separator = "[";
  for await (const sales of eachSale(sql, query)) {
    if (format === "csv") yield csv(sales.flatMap(rowsOf));
    else if (format === "jsonl") yield sales.map((sale) => `${json(sale)}\n`).join("");
    else {
      yield `${separator}${sales.map(json).join(",\n")}`;
      separator = ",\n";
    }
  }
  if (format === "json") yield `${separator === "[" ? "[" : ""}]\n`;
}
