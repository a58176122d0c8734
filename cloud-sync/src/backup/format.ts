import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { z } from "zod";
import { BackupError } from "../errors.js";

/*
 * gzip of JSON Lines: the header, then for each table a line that names it and its rows as they are, then objects,
 * then the end with the SHA-256 of everything before it. Values are as PostgreSQL's to_jsonb writes them, so that
 * both engines read what either wrote.
 */

export const Header = z.strictObject({
  tillsight: z.literal("backup"),
  format: z.literal(1),
  /** Number of the newest step of the schema. */
  schema: z.int(),
  /** When it was begun, ISO 8601. */
  at: z.string(),
  lsn: z.int(),
  objects: z.boolean(),
  /** PEM; only when it was asked for. */
  signingKey: z.string().nullable(),
});
export type Header = z.infer<typeof Header>;

export const End = z.strictObject({
  end: z.literal(true),
  rows: z.int(),
  objects: z.int(),
  /** Of all lines before, each with its line feed. */
  sha256: z.string(),
});

const Section = z.union([
  z.strictObject({ table: z.string() }),
  z.strictObject({ object: z.string(), type: z.string(), sha256: z.string(), base64: z.string() }),
  End,
]);

/** One step through a backup. Rows are JSON text, not parsed: the database does that. */
export type Item =
  | { readonly kind: "header"; readonly header: Header }
  | { readonly kind: "table"; readonly table: string }
  | { readonly kind: "row"; readonly json: string }
  | { readonly kind: "object"; readonly id: string; readonly type: string; readonly bytes: Buffer };

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const damaged = (file: string, what: string, cause?: unknown): BackupError =>
  new BackupError(`${file} is damaged or no backup: ${what}`, "Take another backup.", { cause });

/** Lines out, counted for the end. */
export class BackupWriter {
  readonly #hash: Hash = createHash("sha256");
  #rows = 0;
  #objects = 0;

  header(header: Header): string {
    return this.#line(JSON.stringify(header));
  }

  table(table: string): string {
    return this.#line(JSON.stringify({ table }));
  }

  /** @param json one line, as the database wrote it */
  row(json: string): string {
    this.#rows++;
    return this.#line(`r${json}`);
  }

  object(id: string, type: string, bytes: Uint8Array): string {
    this.#objects++;
    const base64 = Buffer.from(bytes).toString("base64");
    return this.#line(JSON.stringify({ object: id, type, sha256: sha256(bytes), base64 }));
  }

  end(): string {
    const { rows, objects } = this.counts;
    return `${JSON.stringify({ end: true, rows, objects, sha256: this.#hash.digest("hex") })}\n`;
  }

  get counts(): { readonly rows: number; readonly objects: number } {
    return { rows: this.#rows, objects: this.#objects };
  }

  #line(text: string): string {
    const line = `${text}\n`;
    this.#hash.update(line);
    return line;
  }
}

/** Reads a backup from its beginning to its end. @throws BackupError as soon as something does not fit */
export async function* readBackup(file: string): AsyncGenerator<Item> {
  const check = new BackupWriter();
  const input = createReadStream(file);
  const unzipped = input.pipe(createGunzip());
  input.on("error", (error) => unzipped.destroy(error));
  let first = true;
  let ended = false;
  try {
    for await (const line of createInterface({ input: unzipped, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (ended) throw damaged(file, "something follows its end");
      if (first) {
        const header = Header.parse(JSON.parse(line));
        check.header(header);
        yield { kind: "header", header };
      } else if (line.startsWith("r")) {
        check.row(line.slice(1));
        yield { kind: "row", json: line.slice(1) };
      } else ended = yield* section(file, line, check);
      first = false;
    }
  } catch (cause) {
    if (cause instanceof BackupError) throw cause;
    throw damaged(file, cause instanceof Error ? cause.message.slice(0, 200) : String(cause), cause);
  } finally {
    input.destroy();
  }
  if (!ended) throw damaged(file, "it is cut off");
}

/** @returns whether it was the end */
async function* section(file: string, line: string, check: BackupWriter): AsyncGenerator<Item, boolean> {
  const found = Section.parse(JSON.parse(line));
  if ("end" in found) {
    if (`${line}\n` !== check.end()) throw damaged(file, "its checksum is another");
    return true;
  }
  if ("table" in found) {
    check.table(found.table);
    yield { kind: "table", table: found.table };
    return false;
  }
  const bytes = Buffer.from(found.base64, "base64");
  if (sha256(bytes) !== found.sha256) throw damaged(file, `the checksum of ${found.object} is another`);
  check.object(found.object, found.type, bytes);
  yield { kind: "object", id: found.object, type: found.type, bytes };
  return false;
}
