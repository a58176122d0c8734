import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { TillsightError } from "@tillsight/contracts";
import Database from "better-sqlite3";
import {
  CatalogCorruptError,
  CatalogFullError,
  CatalogIoError,
  CatalogLockedError,
  CatalogNewerError,
} from "./errors.js";
import { migrations } from "./schema.js";

export type Db = Database.Database;

/** Our own tree for what SQLite and the file system throw; our own errors pass. */
export function catalogError(cause: unknown, file: string): TillsightError {
  if (cause instanceof TillsightError) return cause;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return new CatalogLockedError(file, { cause });
  if (/^SQLITE_FULL|^ENOSPC$|^EDQUOT$/.test(code)) return new CatalogFullError(file, { cause });
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return new CatalogCorruptError(file, { cause });
  return new CatalogIoError(file, { cause });
}

/**
 * Opens or creates the catalog and brings its schema up to date.
 *
 * synchronous=FULL, because better-sqlite3 is built with NORMAL in WAL mode, which may lose the last commits
 * when power fails, and with them an enrolled item.
 *
 * @param busyMs how long one write waits for another process, milliseconds.
 * @throws CatalogLockedError, CatalogFullError, CatalogCorruptError, CatalogNewerError, CatalogIoError
 */
export function openDatabase(file: string, busyMs = 1000): Db {
  let db: Db | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true });
    db = new Database(file, { timeout: busyMs });
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = FULL");
    db.pragma("foreign_keys = ON");
    db.pragma("mmap_size = 268435456");
    migrate(db, file);
    return db;
  } catch (cause) {
    db?.close();
    throw catalogError(cause, file);
  }
}

/** For the worker that builds an index: sees one consistent state and never writes. */
export function openReadOnly(file: string): Db {
  try {
    return new Database(file, { readonly: true, fileMustExist: true });
  } catch (cause) {
    throw catalogError(cause, file);
  }
}

function migrate(db: Db, file: string): void {
  const found = Number(db.pragma("user_version", { simple: true }));
  if (found > migrations.length) throw new CatalogNewerError(file, found, migrations.length);
  if (found === migrations.length) return;
  db.exec(
    "create table if not exists migration (version integer primary key, applied_at text not null) strict",
  );
  for (let version = found + 1; version <= migrations.length; version++)
    db.transaction(() => {
      // Another process may have come first while we waited for the lock.
      if (Number(db.pragma("user_version", { simple: true })) >= version) return;
      db.exec(migrations[version - 1] as string);
      db.prepare("insert into migration values (?, datetime('now'))").run(version);
      db.pragma(`user_version = ${version}`);
    }).immediate();
}
