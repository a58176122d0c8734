import { closeSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import Database from "better-sqlite3";
import { JournalError, journalError } from "./errors.js";
import { APPLICATION_ID, migrations } from "./schema.js";

export interface DatabaseOptions {
  /** How long to wait for another process to let go of the file, ms. */
  readonly lockTimeoutMs?: number;
  /** At most this many pages of 4096 bytes: a limit for tests and for small flash disks. */
  readonly maxPages?: number;
  /** Files above this many bytes are not read in full at a start. */
  readonly quickCheckBytes?: number;
}

/** CRC-32 over what identifies a row and what it says, so that a row cannot stand in another's place. */
export const rowChecksum = (key: string | number, text: string): number => crc32(`${key}|${text}`);

function configure(db: Database.Database, options: DatabaseOptions): void {
  // Exclusive: a second daemon is refused, and the lock goes with the process, however that ends.
  db.pragma("locking_mode = EXCLUSIVE");
  db.pragma("journal_mode = WAL");
  // better-sqlite3 is built with NORMAL for WAL, which may lose what was committed when power fails.
  db.pragma("synchronous = FULL");
  db.pragma("foreign_keys = ON");
  // Checkpoints are made between sales (see JournalRetention), not in the middle of a shopper's touch; the
  // log keeps its size, for writing into blocks that the file has already is the faster sync.
  db.pragma("wal_autocheckpoint = 4000");
  if (options.maxPages !== undefined) db.pragma(`max_page_count = ${options.maxPages}`);
}

function migrate(db: Database.Database, path: string): void {
  const version = Number(db.pragma("user_version", { simple: true }));
  const application = Number(db.pragma("application_id", { simple: true }));
  const empty = db.prepare("SELECT count(*) AS n FROM sqlite_schema").pluck().get() === 0;
  if (application !== APPLICATION_ID && !(empty && version === 0))
    throw new JournalError("JOURNAL_FOREIGN", path);
  if (version > migrations.length)
    throw new JournalError(
      "JOURNAL_NEWER",
      `${path} has version ${version}, this Tillsight knows ${migrations.length}`,
    );
  const step = db.transaction((sql: string, to: number) => {
    db.exec(sql);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${to}`);
  });
  for (const [i, sql] of migrations.entries()) if (i >= version) step.exclusive(sql, i + 1);
}

/**
 * The whole file while it is small; a large one would keep the shopper waiting, and what is needed of it
 * (the open transaction, the outbox) is checked row by row in any case.
 */
function check(db: Database.Database, path: string, limit: number): void {
  const tables = statSync(path).size <= limit ? [""] : ["(transactions)", "(destinations)", "(outbox)"];
  for (const table of tables) {
    const found = db.pragma(`quick_check${table}`, { simple: true });
    if (found !== "ok") throw new JournalError("JOURNAL_DAMAGED", `${path}: ${String(found)}`);
  }
}

/** SQLite opens what it may not write read-only and then fails to lock it: the system says it more plainly. */
function whyNotLocked(cause: unknown, path: string): unknown {
  if (!(cause instanceof Database.SqliteError) || cause.code !== "SQLITE_IOERR_LOCK") return cause;
  try {
    closeSync(openSync(path, "r+"));
    return cause;
  } catch (plainer) {
    return plainer;
  }
}

/**
 * Opens the file, and makes it if it is not there.
 *
 * @throws JournalError when it is locked, damaged, foreign, of a newer version, or cannot be written
 */
export function openDatabase(path: string, options: DatabaseOptions = {}): Database.Database {
  let db: Database.Database | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    db = new Database(path, { timeout: options.lockTimeoutMs ?? 2_000 });
    configure(db, options);
    // Takes the lock for good, and proves that the file can be written, before anything else is promised.
    db.exec("BEGIN EXCLUSIVE; COMMIT");
    check(db, path, options.quickCheckBytes ?? 64 * 2 ** 20);
    migrate(db, path);
    return db;
  } catch (cause) {
    db?.close();
    throw journalError(whyNotLocked(cause, path), path);
  }
}
