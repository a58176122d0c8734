import { mkdir } from "node:fs/promises";
import { join } from "node:path";
// PostgreSQL as WebAssembly: a real database without a server to install; production takes the server.
import { PGlite } from "@electric-sql/pglite";
import { TillsightError } from "@tillsight/contracts";
import { CloudNewerError, CloudStartError } from "../errors.js";
import { migrations } from "./schema.js";

/** The part of a PostgreSQL session that the catalog uses. */
export interface Sql {
  query<T>(text: string, values?: unknown[]): Promise<{ rows: T[] }>;
}

/** @throws CloudStartError, CloudNewerError */
export async function openDatabase(dataDir: string): Promise<PGlite> {
  let db: PGlite | undefined;
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    db = await PGlite.create(join(dataDir, "catalog"));
    await migrate(db);
    return db;
  } catch (cause) {
    await db?.close();
    if (cause instanceof TillsightError) throw cause;
    throw new CloudStartError(
      `the catalog database in ${dataDir} cannot be opened`,
      "Check that the folder may be written, has space, and that no other cloud-sync uses it.",
      { cause },
    );
  }
}

async function migrate(db: PGlite): Promise<void> {
  await db.exec(
    "create table if not exists migration (version int primary key, applied_at timestamptz not null default now())",
  );
  const { rows } = await db.query<{ version: number }>(
    "select coalesce(max(version), 0)::int as version from migration",
  );
  const found = rows[0]?.version ?? 0;
  if (found > migrations.length) throw new CloudNewerError(found, migrations.length);
  for (let version = found + 1; version <= migrations.length; version++)
    await db.transaction(async (tx) => {
      await tx.exec(migrations[version - 1] as string);
      await tx.query("insert into migration (version) values ($1)", [version]);
    });
}
