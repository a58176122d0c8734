import { join } from "node:path";
import { TillsightError } from "@tillsight/contracts";
import { CloudStartError } from "../errors.js";
import type { Logger } from "../log.js";
import { type Database, sqlState } from "./database.js";
import { migrate } from "./migrate.js";
import { PGliteDatabase } from "./pglite.js";
import { PostgresDatabase } from "./postgres.js";

export interface DatabaseOptions {
  /** Folder of the embedded database, when there is no server. */
  readonly dataDir: string;
  /** `postgresql://…`; left out, the database is embedded. */
  readonly databaseUrl?: string | undefined;
  readonly log?: Logger;
}

/** Opened, and its schema brought up to date. @throws CloudStartError, CloudNewerError */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  return openedWith(options, migrate);
}

/** Opened as it is, nothing in it changed: for looking at it. @throws CloudStartError */
export async function openUnchanged(options: DatabaseOptions): Promise<Database> {
  return openedWith(options, async () => {});
}

async function openedWith(
  options: DatabaseOptions,
  prepare: (db: Database) => Promise<void>,
): Promise<Database> {
  let db: Database | undefined;
  try {
    db = await connect(options);
    await prepare(db);
    return db;
  } catch (cause) {
    await db?.close();
    if (cause instanceof TillsightError && cause.code !== "DATABASE_UNAVAILABLE") throw cause;
    throw new CloudStartError(...whatIsWrong(options, cause), { cause });
  }
}

async function connect({ dataDir, databaseUrl, log }: DatabaseOptions): Promise<Database> {
  if (databaseUrl === undefined) return PGliteDatabase.open(join(dataDir, "catalog"));
  const db = await PostgresDatabase.open({ url: databaseUrl, ...(log ? { log } : {}) });
  const { rows } = await db.query<{ version: number }>(
    "select current_setting('server_version_num')::int as version",
  );
  if ((rows[0]?.version ?? 0) >= 150_000) return db;
  await db.close();
  throw new CloudStartError(
    "this PostgreSQL server is older than version 15",
    "Upgrade it, or give another with --database-url.",
  );
}

/** Never says the address: it may hold a password. */
function whatIsWrong(
  { dataDir, databaseUrl }: DatabaseOptions,
  cause: unknown,
): [message: string, fix: string] {
  if (databaseUrl === undefined)
    return [
      `the catalog database in ${dataDir} cannot be opened`,
      "Check that the folder may be written, has space, and that no other cloud-sync uses it.",
    ];
  const said = cause instanceof Error ? cause.message : String(cause);
  switch (sqlState(cause)) {
    case "28P01":
    case "28000":
      return ["the PostgreSQL server refuses the user or password", "Correct them in --database-url."];
    case "3D000":
      return [
        "there is no such database on the PostgreSQL server",
        "Create it with createdb, or correct --database-url.",
      ];
    case "42501":
    case "0A000":
    case "58P01":
      return [
        `the schema cannot be set up: ${said}`,
        "Make the user owner of the database, and have PostgreSQL's contrib modules (pg_trgm) installed.",
      ];
    default:
      return [
        `the PostgreSQL server cannot be used: ${said}`,
        "Check that it runs, that it can be reached from here, and --database-url.",
      ];
  }
}
