import { existsSync, mkdirSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { UplinkStoreError } from "./errors.js";

/** Step n takes a file of `user_version` n to n + 1; a released step never changes. */
const migrations: readonly string[] = [
  `
  CREATE TABLE box (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    outbox TEXT NOT NULL,
    session INTEGER NOT NULL DEFAULT 0,
    -- Transactions of the journal up to this one are in the outbox.
    collected_lsn INTEGER NOT NULL DEFAULT 0,
    service_mode INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  CREATE TABLE stream (
    name TEXT PRIMARY KEY,
    last_n INTEGER NOT NULL,
    accepted_n INTEGER NOT NULL,
    dropped INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE record (
    key INTEGER PRIMARY KEY,
    stream TEXT NOT NULL REFERENCES stream,
    n INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (stream, n)
  ) STRICT;
  -- Sizes are summed without reading the bodies.
  CREATE INDEX record_size ON record (stream, n, bytes);

  -- What became of commands, so that one that comes again is answered and not carried out again.
  CREATE TABLE command (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    detail TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
];

/**
 * Opens the outbox's file or makes it. A damaged one is put aside: its sales are in the journal and are collected
 * again under the same ids.
 *
 * @throws UplinkStoreError
 */
export function openUplinkDatabase(file: string, onDamage: (aside: string) => void): Database.Database {
  try {
    mkdirSync(dirname(file), { recursive: true });
    const db = open(file);
    if (db) return db;
    const aside = `${file}.damaged-${Date.now()}`;
    for (const tail of ["", "-wal", "-shm"])
      if (existsSync(file + tail)) renameSync(file + tail, aside + tail);
    onDamage(aside);
    const fresh = open(file);
    if (fresh) return fresh;
  } catch (cause) {
    throw new UplinkStoreError(file, { cause });
  }
  throw new UplinkStoreError(file);
}

/** Undefined when the file is no sound database of a version that we know. */
function open(file: string): Database.Database | undefined {
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { timeout: 2_000 });
    db.pragma("journal_mode = WAL");
    // What is in here is told to nobody else: it must survive a power cut once it was collected.
    db.pragma("synchronous = FULL");
    db.pragma("foreign_keys = ON");
    if (db.pragma("quick_check(1)", { simple: true }) !== "ok" || !migrate(db)) {
      db.close();
      return undefined;
    }
    return db;
  } catch (error) {
    db?.close();
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return undefined;
    throw error;
  }
}

function migrate(db: Database.Database): boolean {
  const found = Number(db.pragma("user_version", { simple: true }));
  if (found > migrations.length) return false;
  for (const [at, sql] of migrations.entries()) {
    if (at < found) continue;
    db.transaction(() => {
      db.exec(sql);
      db.pragma(`user_version = ${at + 1}`);
    })();
  }
  return true;
}
