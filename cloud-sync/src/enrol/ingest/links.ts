import { createReadStream } from "node:fs";
import { InvalidInputError } from "@tillsight/contracts";
import { CsvError, parse } from "csv-parse";
import { delimiterOf } from "./delimiter.js";
import type { Ingestion } from "./source.js";

/** Which column of a supplier's file is which of ours: ours -> theirs. */
export type ColumnNames = Readonly<Record<string, string>>;

/** What columns may be called without being told, in lower case. */
const usual = {
  sku: ["sku", "article", "article number", "item", "item number", "artikelnummer", "art.-nr."],
  gtin: ["gtin", "gtins", "ean", "barcode", "upc"],
  image: ["image", "images", "image url", "image_url", "imageurl", "picture", "photo", "url", "link", "bild"],
} as const;

/**
 * Pictures by their addresses: a table with a column for the SKU or GTIN and one for links, several in a cell divided
 * by blanks or `|`.
 *
 * @throws InvalidInputError that names the columns that are missing
 */
export async function* fromLinks(file: string, names: ColumnNames = {}): Ingestion {
  const delimiter = await delimiterOf(file);
  const parser = createReadStream(file).pipe(
    parse({
      bom: true,
      delimiter,
      columns: true,
      trim: true,
      relaxColumnCount: true,
      skipEmptyLines: true,
      info: true,
    }),
  );
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: Readonly<Record<string, string>>;
      info: { lines: number };
    }>) {
      const cell = (ours: keyof typeof usual) => cellOf(record, ours, names);
      const [codes, links] = [[cell("sku"), cell("gtin")], cell("image")];
      if (links === undefined || codes.every((code) => code === undefined)) throw missing(file, record);
      const source = `line ${info.lines}`;
      const known = codes.flatMap((code) => (code ?? "").split(/[\s|;]+/)).filter((code) => code !== "");
      if (known.length === 0) yield { kind: "problem", source, message: "no SKU and no GTIN" };
      else
        for (const url of links.split(/[\s|]+/).filter((link) => link !== ""))
          yield linkOf(source, known, url);
    }
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new InvalidInputError(`${file}: ${cause.message}`, "Correct the line and begin again.", { cause });
  }
}

const linkOf = (source: string, names: readonly string[], url: string) =>
  URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
    ? ({ kind: "link", source, names, url } as const)
    : ({ kind: "problem", source, message: `"${url}" is no web address` } as const);

function cellOf(record: Readonly<Record<string, string>>, ours: keyof typeof usual, names: ColumnNames) {
  const wanted = names[ours] === undefined ? usual[ours] : [names[ours].toLowerCase()];
  const key = Object.keys(record).find((column) =>
    (wanted as readonly string[]).includes(column.toLowerCase()),
  );
  return key === undefined ? undefined : (record[key] ?? "");
}

const missing = (file: string, record: object) =>
  new InvalidInputError(
    `${file} has the columns ${Object.keys(record).join(", ")}: none of them is known as SKU or GTIN, or none as image`,
    "Say which is which: --columns sku=Number,image=Picture.",
  );
