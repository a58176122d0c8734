import { Readable } from "node:stream";
import { InvalidInputError } from "@tillsight/contracts";
// The long-standing streaming CSV parser for Node (MIT): quotes, line ends and broken files are its trade.
import { CsvError, type Info, parse } from "csv-parse";
import type { FieldError } from "../rules.js";
import { columnOf, fromCells } from "./cells.js";

/** One record of a file. `line` is where it begins, from 1, as an editor or spreadsheet counts. */
export interface Line {
  readonly line: number;
  readonly value: unknown;
  readonly errors: readonly FieldError[];
}

export const encodings = ["utf-8", "windows-1252", "utf-16le"] as const;
export type Encoding = (typeof encodings)[number];

/** Longest record, characters: a quote that is never closed would otherwise swallow the file. */
const maxRecord = 1_000_000;

/** @throws InvalidInputError when the bytes are not of that encoding */
async function* decoded(bytes: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new InvalidInputError(
      `the file is not ${encoding.toUpperCase()}`,
      "Save it as CSV UTF-8, or say what it is: --encoding windows-1252.",
      { cause },
    );
  }
}

/** Lines of JSON; empty lines are passed over. */
export async function* jsonLines(bytes: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<Line> {
  let rest = "";
  let line = 0;
  for await (const text of decoded(bytes, encoding)) {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) yield* jsonLine(part, ++line);
    if (rest.length > maxRecord) {
      yield fault(line + 1, "this line is too long; the rest was not read");
      return;
    }
  }
  yield* jsonLine(rest, ++line);
}

function* jsonLine(text: string, line: number): Generator<Line> {
  if (text.trim() === "") return;
  try {
    yield { line, value: JSON.parse(text), errors: [] };
  } catch (error) {
    yield fault(line, `this is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const fault = (line: number, message: string): Line => ({
  line,
  value: null,
  errors: [{ field: "", message }],
});

export interface CsvOptions {
  readonly encoding: Encoding;
  readonly columns: readonly string[];
  /** These must be in the header. */
  readonly required: readonly string[];
  /** Columns that nobody knows are passed over instead of refused. */
  readonly ignoreUnknown: boolean;
}

/** Records of a CSV file with a header, separated by comma, semicolon or tab. */
export async function* csvLines(bytes: AsyncIterable<Uint8Array>, options: CsvOptions): AsyncGenerator<Line> {
  const { head, all } = await peek(decoded(bytes, options.encoding));
  const parser = parse({
    ...{ bom: true, delimiter: delimiterOf(head), info: true, trim: true, skip_empty_lines: true },
    ...{ relax_column_count: true, max_record_size: maxRecord },
  });
  const input = Readable.from(all);
  input.once("error", (error) => parser.destroy(error));
  let header: readonly (string | null)[] | undefined;
  let end = 0;
  try {
    for await (const { record, info } of input.pipe(parser) as AsyncIterable<{
      record: string[];
      info: Info;
    }>) {
      // The parser says where a record ends.
      const line = info.lines - (record.join("").match(/\n/g)?.length ?? 0);
      end = info.lines;
      if (header) yield csvLine(record, header, line);
      else {
        const read = readHeader(record, options);
        if ("errors" in read) {
          yield { line, value: null, errors: read.errors };
          return;
        }
        header = read.header;
      }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const at = typeof error.lines === "number" ? error.lines : end + 1;
    yield fault(at, `${error.message}; the rest was not read`);
  } finally {
    input.destroy();
    parser.destroy();
  }
}

async function peek(text: AsyncGenerator<string>): Promise<{ head: string; all: AsyncGenerator<string> }> {
  let head = "";
  while (!head.includes("\n") && head.length < maxRecord) {
    const next = await text.next();
    if (next.done) break;
    head += next.value;
  }
  const start = head;
  return {
    head,
    all: (async function* () {
      yield start;
      yield* text;
    })(),
  };
}

/** The one that the header has most of. */
function delimiterOf(head: string): string {
  const header = (head.split("\n", 1)[0] ?? "").replace(/"[^"]*"/g, "");
  const count = (sign: string) => header.split(sign).length;
  return [",", ";", "\t"].sort((a, b) => count(b) - count(a))[0] ?? ",";
}

const fitColumn = (name: string, columns: readonly string[]): string | undefined => {
  const language = /^name:\s*([A-Za-z0-9-]+)$/i.exec(name)?.[1];
  if (language && columns.includes("name")) return `name:${language}`;
  return columns.find((column) => column.toLowerCase() === name.toLowerCase());
};

function readHeader(
  names: readonly string[],
  { columns, required, ignoreUnknown }: CsvOptions,
): { readonly header: readonly (string | null)[] } | { readonly errors: readonly FieldError[] } {
  const header = names.map((name) => fitColumn(name, columns) ?? null);
  const errors: FieldError[] = [];
  for (const [i, name] of names.entries()) {
    const column = header[i];
    if (column == null && !ignoreUnknown)
      errors.push({ field: name, message: `no such column; there are ${columns.join(", ")}, name:LANGUAGE` });
    else if (column != null && header.indexOf(column) < i)
      errors.push({ field: column, message: "this column is there twice" });
  }
  for (const column of required)
    if (!header.includes(column)) errors.push({ field: column, message: "the column is missing" });
  return errors.length > 0 ? { errors } : { header };
}

function csvLine(record: readonly string[], header: readonly (string | null)[], line: number): Line {
  if (record.length > header.length)
    return fault(
      line,
      `${record.length} cells, but the header has ${header.length} columns: is a quote missing?`,
    );
  const cells = header.flatMap((column, i): [string, string][] =>
    column === null ? [] : [[column, unescaped(record[i] ?? "")]],
  );
  const { value, errors } = fromCells(Object.fromEntries(cells));
  return { line, value, errors: errors.map((error) => ({ ...error, field: columnOf(error.field) })) };
}

/** What an export puts before a cell that a spreadsheet would take for a formula. */
const unescaped = (cell: string): string => (/^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);
