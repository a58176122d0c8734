import type Database from "better-sqlite3";
import type { BasketEvent } from "../domain/basket/index.js";
import { type DatabaseOptions, openDatabase } from "./database.js";
import { JournalError, journalError } from "./errors.js";
import { Outbox, type OutboxEntry, type OutboxRow, type OutboxState } from "./outbox.js";
import { readEvent, type StoredEvent, storeEvent } from "./stored-event.js";

/** What is stored together, or not at all. */
export interface JournalEntry {
  readonly events: readonly BasketEvent[];
  readonly outbox?: readonly OutboxEntry[];
  /** What becomes of messages that are in the outbox already. */
  readonly outcomes?: readonly {
    readonly messageId: string;
    readonly state: OutboxState;
    readonly reason: string | null;
  }[];
}

export interface FinishedTransaction {
  readonly transactionId: string;
  readonly status: "done" | "cancelled";
  readonly endedAt: number;
}

const prepare = (db: Database.Database) => ({
  event: db.prepare("INSERT INTO events (lsn, version, type, body, crc) VALUES (?, ?, ?, ?, ?)"),
  opened: db.prepare(
    "INSERT INTO transactions (opened_lsn, transaction_id, status, opened_at) VALUES (?, ?, 'open', ?)",
  ),
  end: db.prepare("UPDATE transactions SET status = ?, ended_at = ? WHERE transaction_id = ?"),
  last: db.prepare<[], number>("SELECT coalesce(max(lsn), 0) FROM events").pluck(),
  newest: db.prepare<[], number>("SELECT coalesce(max(opened_lsn), 0) FROM transactions").pluck(),
  since: db.prepare<[number], StoredEvent>("SELECT * FROM events WHERE lsn >= ? ORDER BY lsn"),
  finished: db.prepare<[], FinishedTransaction>(
    `SELECT transaction_id AS transactionId, status, ended_at AS endedAt FROM transactions
     WHERE ended_at IS NOT NULL ORDER BY opened_lsn`,
  ),
  old: db.prepare<[number, number], { opened_lsn: number; transaction_id: string; next_lsn: number }>(
    `SELECT opened_lsn, transaction_id, (SELECT min(opened_lsn) FROM transactions AS later
       WHERE later.opened_lsn > t.opened_lsn) AS next_lsn FROM transactions AS t
     WHERE ended_at < ? AND next_lsn IS NOT NULL AND NOT EXISTS (SELECT 1 FROM outbox
       WHERE outbox.transaction_id = t.transaction_id AND state IN ('queued', 'sending'))
     ORDER BY opened_lsn LIMIT ?`,
  ),
  ended: db.prepare<[number, number], { opened_lsn: number; next_lsn: number | null }>(
    `SELECT opened_lsn, (SELECT min(opened_lsn) FROM transactions AS later
       WHERE later.opened_lsn > t.opened_lsn) AS next_lsn FROM transactions AS t
     WHERE opened_lsn > ? AND ended_at IS NOT NULL ORDER BY opened_lsn LIMIT ?`,
  ),
  between: db.prepare<[number, number], StoredEvent>(
    "SELECT * FROM events WHERE lsn >= ? AND lsn < ? ORDER BY lsn",
  ),
  dropEvents: db.prepare("DELETE FROM events WHERE lsn >= ? AND lsn < ?"),
  dropOutbox: db.prepare("DELETE FROM outbox WHERE transaction_id = ?"),
  dropTransaction: db.prepare("DELETE FROM transactions WHERE opened_lsn = ?"),
});

/**
 * The lane's memory: every event of every transaction and the outboxes, in one SQLite file that this process
 * alone has open. What `append` returned from survives a power cut; what it threw at is not there at all.
 */
export class Journal {
  readonly path: string;
  readonly #options: DatabaseOptions;
  #db: Database.Database | undefined;
  #sql: ReturnType<typeof prepare> | undefined;
  #outbox: Outbox | undefined;
  #lastLsn = 0;

  constructor(path: string, options: DatabaseOptions = {}) {
    this.path = path;
    this.#options = options;
  }

  /**
   * Opens the file and gives the events since the newest transaction began; how many came before does not
   * matter to how long this takes.
   *
   * @throws JournalError
   */
  open(): BasketEvent[] {
    const db = openDatabase(this.path, this.#options);
    try {
      const sql = prepare(db);
      this.#lastLsn = sql.last.get() ?? 0;
      const first = sql.newest.get() ?? 0;
      const rows = sql.since.all(first);
      const expected = this.#lastLsn - Math.max(first, 1) + 1;
      if (rows.length !== expected)
        throw new JournalError("JOURNAL_DAMAGED", `${this.path}: events are missing after ${first}`);
      const events = rows.map(readEvent);
      this.#db = db;
      this.#sql = sql;
      this.#outbox = new Outbox(db);
      return events;
    } catch (cause) {
      db.close();
      throw journalError(cause, this.path);
    }
  }

  /** Log sequence number of the newest event; 0: none yet. */
  get lastLsn(): number {
    return this.#lastLsn;
  }

  /**
   * Stores all of `entry`, durably, in one transaction.
   *
   * @returns the LSN of its last event
   * @throws JournalError when it cannot be stored; nothing of it is there then, and trying again is safe
   */
  append(entry: JournalEntry): number {
    return this.#write((sql, outbox) => {
      let lsn = this.#lastLsn;
      for (const event of entry.events) {
        const row = storeEvent(++lsn, event);
        sql.event.run(row.lsn, row.version, row.type, row.body, row.crc);
        const { body, transactionId, at } = event;
        if (body.type === "transactionOpened") sql.opened.run(lsn, transactionId, at);
        if (body.type === "transactionDone") sql.end.run("done", at, transactionId);
        if (body.type === "transactionCancelled") sql.end.run("cancelled", at, transactionId);
      }
      for (const message of entry.outbox ?? []) outbox.add(message);
      for (const { messageId, state, reason } of entry.outcomes ?? [])
        outbox.setState(messageId, state, reason);
      return lsn;
    });
  }

  nextMessage(destination: string): OutboxRow | undefined {
    return this.#read((_sql, outbox) => outbox.next(destination));
  }

  message(messageId: string): OutboxRow | undefined {
    return this.#read((_sql, outbox) => outbox.get(messageId));
  }

  /** Open messages to receivers whose name begins with `prefix`, other than `except`. */
  messagesFor(prefix: string, except: string): OutboxRow[] {
    return this.#read((_sql, outbox) => outbox.others(prefix, except));
  }

  /** Marks the message as being sent, durably: call before its first byte. @throws JournalError */
  beginSend(messageId: string): OutboxRow {
    return this.#read((_sql, outbox) => outbox.beginSend(messageId));
  }

  /** Certainly nothing of the message left us: it is queued again, and its number is free. */
  release(messageId: string): void {
    this.#read((_sql, outbox) => outbox.release(messageId));
  }

  outboxCounts(destination: string): Partial<Record<OutboxState, number>> {
    return this.#read((_sql, outbox) => outbox.counts(destination));
  }

  /** Transactions that are over and still kept, oldest first. */
  finishedTransactions(): FinishedTransaction[] {
    return this.#read((sql) => sql.finished.all());
  }

  /**
   * Transactions that are over, opened after `openedLsn`, oldest first, each with its events and what came until the
   * next one opened.
   */
  endedAfter(openedLsn: number, limit: number): { openedLsn: number; events: BasketEvent[] }[] {
    return this.#read((sql) =>
      sql.ended.all(openedLsn, limit).map(({ opened_lsn, next_lsn }) => ({
        openedLsn: opened_lsn,
        events: sql.between.all(opened_lsn, next_lsn ?? Number.MAX_SAFE_INTEGER).map(readEvent),
      })),
    );
  }

  /**
   * Drops transactions that ended before `endedBefore` (ms since 1970) with all that belongs to them, oldest
   * first, at most `limit`. The newest transaction and unsent messages stay.
   *
   * @returns how many were dropped
   */
  prune(endedBefore: number, limit: number): number {
    return this.#write((sql) => {
      const old = sql.old.all(endedBefore, limit);
      for (const transaction of old) {
        sql.dropEvents.run(transaction.opened_lsn, transaction.next_lsn);
        sql.dropOutbox.run(transaction.transaction_id);
        sql.dropTransaction.run(transaction.opened_lsn);
      }
      return old.length;
    }, false);
  }

  /** Moves what the write-ahead log holds into the file, for as long as that disturbs nobody. */
  checkpoint(): void {
    this.#read(() => this.#db?.pragma("wal_checkpoint(PASSIVE)"));
  }

  /** Idempotent. */
  close(): void {
    this.#db?.close();
    this.#db = undefined;
    this.#sql = undefined;
    this.#outbox = undefined;
  }

  #read<T>(work: (sql: ReturnType<typeof prepare>, outbox: Outbox) => T): T {
    if (!this.#sql || !this.#outbox) throw new JournalError("JOURNAL_CLOSED", this.path);
    try {
      return work(this.#sql, this.#outbox);
    } catch (cause) {
      throw journalError(cause, this.path);
    }
  }

  #write(work: (sql: ReturnType<typeof prepare>, outbox: Outbox) => number, moves = true): number {
    return this.#read((sql, outbox) => {
      const result = this.#db?.transaction(() => work(sql, outbox)).immediate() ?? 0;
      // Only now: a transaction that was rolled back has given out no number.
      if (moves) this.#lastLsn = result;
      return result;
    });
  }
}
