import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { parse } from "csv-parse";
import type { ImportOptions } from "../../catalog/transfer/importer.js";
import type { ImportReport } from "../../catalog/transfer/report.js";
import { delimiterOf } from "./delimiter.js";
import type { ColumnNames } from "./links.js";

/** The catalog's own import, which takes all of a file or nothing. */
export type ImportProducts = (
  bytes: AsyncIterable<Uint8Array>,
  options: Pick<ImportOptions, "id" | "kind" | "format" | "file" | "ignoreUnknown">,
) => Promise<ImportReport>;

/** A supplier's table through the catalog's import: its columns get our names, those nobody knows are passed over. */
export async function importPriceList(
  file: string,
  columns: ColumnNames,
  importProducts: ImportProducts,
): Promise<ImportReport> {
  const delimiter = await delimiterOf(file);
  const ours = new Map(Object.entries(columns).map(([name, theirs]) => [theirs.toLowerCase(), name]));
  const rename = (header: string[]) =>
    header.map((name) => {
      const known = ours.get(name.trim().toLowerCase()) ?? name.trim();
      // To the catalog an image is one that is stored already; a supplier's is a link, and fetched later.
      return known.toLowerCase() === "image" ? "image link" : known;
    });
  let first = true;
  async function* renamed(): AsyncGenerator<Uint8Array> {
    const parser = createReadStream(file).pipe(
      parse({ bom: true, delimiter, relaxColumnCount: true, skipEmptyLines: true }),
    );
    for await (const record of parser as AsyncIterable<string[]>) {
      yield Buffer.from(csvLine(first ? rename(record) : record));
      first = false;
    }
  }
  return importProducts(renamed(), {
    ...{ id: randomUUID(), kind: "products", format: "csv", file: basename(file), ignoreUnknown: true },
  });
}

const csvLine = (cells: readonly string[]): string =>
  `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",")}\n`;
