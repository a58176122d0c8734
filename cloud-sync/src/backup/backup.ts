import { newestLsn } from "../catalog/change-log.js";
import { NotFoundError } from "../errors.js";
import type { Database, Sql } from "../storage/database.js";
import { migrations } from "../storage/migrations/index.js";
import type { ObjectStore } from "../storage/objects/object-store.js";
import { BackupWriter, type Header } from "./format.js";
import { backedUp, batchRows } from "./tables.js";

export interface BackupOptions {
  readonly db: Database;
  /** Left out: pictures and photos are not part of it. */
  readonly objects?: ObjectStore | undefined;
  /** PEM, to be part of it: whoever has the file can then sign catalogs. */
  readonly signingKey?: string | undefined;
  /** Takes the lines, to be compressed; resolves when there is room for more. */
  readonly write: (lines: string) => Promise<void>;
  readonly now?: () => Date;
  readonly onProgress?: (text: string) => void;
}

/** Media types by an id's ending, as they were stored. */
const types: Readonly<Record<string, string>> = {
  ...{ jpeg: "image/jpeg", jpg: "image/jpeg", png: "image/png", webp: "image/webp" },
};

export const typeOf = (id: string): string => types[id.split(".").at(-1) ?? ""] ?? "application/octet-stream";

/**
 * Headquarters as it is at one moment. The database is read in one transaction that sees one state; objects follow,
 * and are never changed once they are there. With the embedded database nobody else gets an answer while its tables
 * are read.
 */
export async function backUp(options: BackupOptions): Promise<{ rows: number; objects: number }> {
  const { db, objects, write, onProgress = () => {} } = options;
  const writer = new BackupWriter();
  await db.transaction((tx) => writeTables(tx, writer, options), { isolation: "snapshot" });
  if (objects) {
    for await (const id of objects.list("")) {
      const bytes = await present(objects, id);
      if (bytes) await write(writer.object(id, typeOf(id), bytes));
      const { objects: done } = writer.counts;
      if (done % 1000 === 0) onProgress(`objects: ${done}`);
    }
    onProgress(`objects: ${writer.counts.objects}`);
  }
  await write(writer.end());
  return writer.counts;
}

async function writeTables(tx: Sql, writer: BackupWriter, options: BackupOptions): Promise<void> {
  const { objects, signingKey, write, now = () => new Date(), onProgress = () => {} } = options;
  const header: Header = {
    ...{ tillsight: "backup", format: 1, schema: migrations.length, at: now().toISOString() },
    ...{ lsn: await newestLsn(tx), objects: objects !== undefined, signingKey: signingKey ?? null },
  };
  await write(writer.header(header));
  for (const table of backedUp) {
    await write(writer.table(table));
    let rows = 0;
    for await (const page of readTable(tx, table)) {
      await write(page.map((json) => writer.row(json)).join(""));
      rows += page.length;
    }
    onProgress(`${table}: ${rows} rows`);
  }
}

/** Rows as JSON, a page at a time. */
async function* readTable(tx: Sql, table: string): AsyncGenerator<string[]> {
  await tx.query(
    `declare backup_rows no scroll cursor for select to_jsonb(t)::text as json from "${table}" t`,
  );
  for (;;) {
    const { rows } = await tx.query<{ json: string }>(`fetch ${batchRows} from backup_rows`);
    if (rows.length === 0) break;
    yield rows.map(({ json }) => json);
  }
  await tx.query("close backup_rows");
}

/** One that was taken away meanwhile is nothing that the tables speak of. */
async function present(objects: ObjectStore, id: string): Promise<Uint8Array | undefined> {
  try {
    return await objects.get(id);
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}
