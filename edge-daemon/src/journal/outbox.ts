import { InvariantError } from "@tillsight/contracts";
import type Database from "better-sqlite3";
import { rowChecksum } from "./database.js";
import { JournalError } from "./errors.js";

/**
 * `queued`: nothing was sent. `sending`: the first byte may have left. The others are final, apart from
 * `inDoubt`, which a person settles.
 */
export type OutboxState = "queued" | "sending" | "done" | "refused" | "inDoubt" | "withdrawn";

export interface OutboxEntry {
  /** Name of the receiver: `till`. */
  readonly destination: string;
  readonly messageId: string;
  readonly transactionId: string | null;
  /** JSON. */
  readonly payload: string;
}

export interface OutboxRow extends OutboxEntry {
  readonly state: OutboxState;
  /** Given when sending begins: without gaps, and the same for every attempt of one message. */
  readonly sequence: number | null;
  readonly attempts: number;
  readonly reason: string | null;
}

interface StoredRow {
  destination: string;
  message_id: string;
  transaction_id: string | null;
  payload: string;
  crc: number;
  state: OutboxState;
  sequence: number | null;
  attempts: number;
  reason: string | null;
}

const prepare = (db: Database.Database) => ({
  destination: db.prepare("INSERT OR IGNORE INTO destinations (name, last_sequence) VALUES (?, 0)"),
  insert: db.prepare(
    "INSERT INTO outbox (destination, message_id, transaction_id, payload, crc, state) VALUES (?, ?, ?, ?, ?, 'queued')",
  ),
  next: db.prepare<[string], StoredRow>(
    "SELECT * FROM outbox WHERE destination = ? AND state IN ('queued', 'sending') ORDER BY id LIMIT 1",
  ),
  get: db.prepare<[string], StoredRow>("SELECT * FROM outbox WHERE message_id = ?"),
  state: db.prepare("UPDATE outbox SET state = ?, reason = ? WHERE message_id = ?"),
  give: db.prepare("UPDATE destinations SET last_sequence = last_sequence + 1 WHERE name = ?"),
  take: db.prepare(
    "UPDATE destinations SET last_sequence = last_sequence - 1 WHERE name = ? AND last_sequence = ?",
  ),
  begin: db.prepare(
    `UPDATE outbox SET state = 'sending', attempts = attempts + 1, sequence =
       coalesce(sequence, (SELECT last_sequence FROM destinations WHERE name = outbox.destination))
     WHERE message_id = ?`,
  ),
  release: db.prepare("UPDATE outbox SET state = 'queued', sequence = NULL WHERE message_id = ?"),
  others: db.prepare<[string, string], StoredRow>(
    `SELECT * FROM outbox WHERE state IN ('queued', 'sending')
     AND destination <> ? AND destination GLOB ? || '*' ORDER BY id`,
  ),
  count: db.prepare<[string], { state: OutboxState; n: number }>(
    "SELECT state, count(*) AS n FROM outbox WHERE destination = ? GROUP BY state",
  ),
});

/** Messages on their way to a receiver, in order; part of the journal's file and of its transactions. */
export class Outbox {
  readonly #db: Database.Database;
  readonly #sql: ReturnType<typeof prepare>;

  constructor(db: Database.Database) {
    this.#db = db;
    this.#sql = prepare(db);
  }

  /** Call inside a transaction. */
  add(entry: OutboxEntry): void {
    const { destination, messageId, transactionId, payload } = entry;
    this.#sql.destination.run(destination);
    this.#sql.insert.run(destination, messageId, transactionId, payload, rowChecksum(messageId, payload));
  }

  /** Call inside a transaction. */
  setState(messageId: string, state: OutboxState, reason: string | null): void {
    if (this.#sql.state.run(state, reason, messageId).changes !== 1)
      throw new InvariantError(`message ${messageId} is not in the outbox`);
  }

  get(messageId: string): OutboxRow | undefined {
    return this.#read(this.#sql.get.get(messageId));
  }

  /** The oldest message that is neither answered nor parked. */
  next(destination: string): OutboxRow | undefined {
    return this.#read(this.#sql.next.get(destination));
  }

  /** Open messages to receivers whose name begins with `prefix`, other than `destination`; oldest first. */
  others(prefix: string, destination: string): OutboxRow[] {
    return this.#sql.others.all(destination, prefix).flatMap((row) => this.#read(row) ?? []);
  }

  /**
   * Marks the message as being sent, durably, and gives it its sequence number: call before the first byte.
   *
   * Numbers are given here, and not when the message is queued, so that they have no gaps though a queued
   * message may be withdrawn: a receiver may then tell a repetition by the newest number alone.
   */
  beginSend(messageId: string): OutboxRow {
    return this.#db.transaction(() => {
      const row = this.get(messageId);
      if (!row) throw new InvariantError(`message ${messageId} is not in the outbox`);
      if (row.sequence === null) this.#sql.give.run(row.destination);
      this.#sql.begin.run(messageId);
      return this.get(messageId) as OutboxRow;
    })();
  }

  /** Certainly nothing left us: the message is queued again and its number is free. */
  release(messageId: string): void {
    this.#db.transaction(() => {
      const row = this.get(messageId);
      if (row?.state !== "sending") return;
      const freed = this.#sql.take.run(row.destination, row.sequence).changes === 1;
      if (!freed) throw new InvariantError(`message ${messageId} was not the newest one sent`);
      this.#sql.release.run(messageId);
    })();
  }

  counts(destination: string): Partial<Record<OutboxState, number>> {
    return Object.fromEntries(this.#sql.count.all(destination).map(({ state, n }) => [state, n]));
  }

  #read(row: StoredRow | undefined): OutboxRow | undefined {
    if (!row) return undefined;
    if (rowChecksum(row.message_id, row.payload) !== row.crc)
      throw new JournalError("JOURNAL_DAMAGED", `message ${row.message_id} does not match its checksum`);
    const { destination, payload, state, sequence, attempts, reason } = row;
    return {
      destination,
      messageId: row.message_id,
      transactionId: row.transaction_id,
      payload,
      state,
      sequence,
      attempts,
      reason,
    };
  }
}
