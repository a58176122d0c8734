import {
  maxBatchRecords,
  type UpBatch,
  type UpBody,
  type UpReceipt,
  type UpStream,
  upBodies,
  upStreams,
} from "@tillsight/contracts";
import type Database from "better-sqlite3";
import { openUplinkDatabase } from "./database.js";
import { UplinkStoreError } from "./errors.js";
import { type Dispensable, planRoom, type RoomClass, type Usage } from "./room.js";

export interface UpOutboxOptions {
  readonly file: string;
  /** Bytes of records that are kept; only sales may pass it. */
  readonly limitBytes: number;
  readonly newId: () => string;
  /** Hears that the file was damaged and put aside. */
  readonly onDamage?: (aside: string) => void;
}

export interface NewRecord<S extends UpStream = UpStream> {
  readonly stream: S;
  readonly id: string;
  readonly at: number;
  readonly body: UpBody[S];
}

/** What became of a command. */
export interface CommandOutcome {
  readonly state: "done" | "failed" | "expired";
  readonly detail: string;
}

/** Of the bodies of one batch: small enough for a broker with a limit of 1 MiB, at least one record always. */
const maxBatchBytes = 256 * 1024;
/** Commands whose outcome is remembered; far more than can be under way. */
const keptCommands = 500;
/** Sales that headquarters has stay this long, for a headquarters that had to be restored from a backup. */
const keptDays = 30;

interface StreamRow {
  readonly name: UpStream;
  readonly last_n: number;
  readonly accepted_n: number;
  readonly dropped: number;
}

const prepare = (db: Database.Database) => ({
  stream: db.prepare<[string], StreamRow>("SELECT * FROM stream WHERE name = ?"),
  next: db.prepare("UPDATE stream SET last_n = last_n + 1 WHERE name = ?"),
  insert: db.prepare(
    "INSERT INTO record (stream, n, id, at, bytes, body) SELECT name, last_n, ?, ?, ?, ? FROM stream WHERE name = ?",
  ),
  has: db.prepare<[string], number>("SELECT 1 FROM record WHERE id = ?").pluck(),
  after: db.prepare<[string, number, number], { n: number; id: string; bytes: number; body: string }>(
    "SELECT n, id, bytes, body FROM record WHERE stream = ? AND n > ? ORDER BY n LIMIT ?",
  ),
  accept: db.prepare("UPDATE stream SET accepted_n = ? WHERE name = ?"),
  forget: db.prepare("DELETE FROM record WHERE stream = ? AND n <= ?"),
  oldest: db.prepare<[string, number, number], { key: number; bytes: number }>(
    "SELECT key, bytes FROM record WHERE stream = ? AND n > ? AND n <= ? ORDER BY n LIMIT 100",
  ),
  remove: db.prepare("DELETE FROM record WHERE key = ?"),
  dropped: db.prepare("UPDATE stream SET dropped = dropped + 1 WHERE name = ?"),
  prune: db.prepare("DELETE FROM record WHERE stream = 'sale' AND n <= ? AND at < ?"),
  usage: db.prepare<[], { name: UpStream; accepted: 0 | 1; bytes: number; records: number }>(
    `SELECT stream AS name, n <= accepted_n AS accepted, sum(bytes) AS bytes, count(*) AS records
     FROM record JOIN stream ON stream.name = record.stream GROUP BY 1, 2`,
  ),
  collected: db.prepare("UPDATE box SET collected_lsn = ?"),
  session: db
    .prepare<[number], number>("UPDATE box SET session = max(session + 1, ?) RETURNING session")
    .pluck(),
  service: db.prepare("UPDATE box SET service_mode = ?"),
  box: db.prepare<[], { outbox: string; collected_lsn: number; service_mode: number }>("SELECT * FROM box"),
  outcome: db.prepare<[string], CommandOutcome>("SELECT state, detail FROM command WHERE id = ?"),
  keep: db.prepare("INSERT OR REPLACE INTO command (id, at, state, detail) VALUES (?, ?, ?, ?)"),
  trim: db.prepare(
    `DELETE FROM command WHERE id IN (SELECT id FROM command ORDER BY at DESC LIMIT -1 OFFSET ${keptCommands})`,
  ),
});

/** How many of the first rows make a batch: what fits, and one at least. */
function countFitting(rows: readonly { readonly bytes: number }[]): number {
  let bytes = 0;
  const tooMany = rows.findIndex((row) => {
    bytes += row.bytes;
    return bytes > maxBatchBytes;
  });
  return tooMany === -1 ? rows.length : Math.max(1, tooMany);
}

/** What waits for headquarters, in a SQLite file of its own: what it does never touches the journal. */
export class UpOutbox {
  readonly #o: UpOutboxOptions;
  #db: Database.Database | undefined;
  #sql: ReturnType<typeof prepare> | undefined;
  #usage = new Map<RoomClass, number>();
  #backlog = new Map<UpStream, number>();

  constructor(options: UpOutboxOptions) {
    this.#o = options;
  }

  /** @throws UplinkStoreError */
  open(): void {
    const db = openUplinkDatabase(this.#o.file, this.#o.onDamage ?? (() => {}));
    db.prepare("INSERT OR IGNORE INTO box (id, outbox) VALUES (1, ?)").run(this.#o.newId());
    for (const name of upStreams)
      db.prepare("INSERT OR IGNORE INTO stream (name, last_n, accepted_n, dropped) VALUES (?, 0, 0, 0)").run(
        name,
      );
    this.#db = db;
    this.#sql = prepare(db);
    this.#count();
  }

  /** Idempotent. */
  close(): void {
    this.#db?.close();
    this.#db = undefined;
    this.#sql = undefined;
  }

  /**
   * Stores records; one whose id is there already is passed over. With `collectedLsn` the journal's cursor moves in
   * the same transaction.
   *
   * @returns how many had to be left out for want of room: never a sale
   * @throws UplinkStoreError nothing is stored then
   */
  add(records: readonly NewRecord[], collectedLsn?: number): number {
    return this.#run((sql, db) => {
      const left = db.transaction(() => {
        let leftOut = 0;
        for (const record of records) if (!this.#insert(sql, record)) leftOut++;
        if (collectedLsn !== undefined) sql.collected.run(collectedLsn);
        return leftOut;
      })();
      this.#count();
      return left;
    });
  }

  /** The most precious that waits, the oldest first; undefined when headquarters has everything. */
  nextBatch(): UpBatch | undefined {
    return this.#run((sql) => {
      for (const name of upStreams) {
        const stream = sql.stream.get(name);
        if (!stream || stream.accepted_n >= stream.last_n) continue;
        const rows = sql.after.all(name, stream.accepted_n, maxBatchRecords);
        const records = rows
          .slice(0, countFitting(rows))
          .map(({ n, id, body }) => ({ n, id, body: JSON.parse(body) as unknown }));
        const { accepted_n: after, dropped } = stream;
        if (records.length > 0) return { stream: name, outbox: this.outboxId, after, dropped, records };
      }
      return undefined;
    });
  }

  /** Moves to where headquarters is: on, or back when it lost what it had confirmed. */
  accept({ stream, upTo }: UpReceipt): void {
    this.#run((sql, db) => {
      db.transaction(() => {
        const last = sql.stream.get(stream)?.last_n ?? 0;
        sql.accept.run(Math.min(upTo, last), stream);
        if (stream !== "sale") sql.forget.run(stream, upTo);
      })();
      this.#count();
    });
  }

  /** Forgets sales that headquarters has had for long. */
  prune(now: number): void {
    this.#run((sql) => {
      sql.prune.run(sql.stream.get("sale")?.accepted_n ?? 0, now - keptDays * 86_400_000);
      this.#count();
    });
  }

  get outboxId(): string {
    return this.#box().outbox;
  }

  get collectedLsn(): number {
    return this.#box().collected_lsn;
  }

  /** A person works at the lane: nothing new is sold. */
  get serviceMode(): boolean {
    return this.#box().service_mode === 1;
  }

  setServiceMode(on: boolean): void {
    this.#run((sql) => sql.service.run(on ? 1 : 0));
  }

  /** Number of a new session: above every earlier one, also after the disk was wiped, if the clock is about right. */
  nextSession(now: number): number {
    return this.#run((sql) => sql.session.get(Math.floor(now / 1000)) ?? 1);
  }

  /** Records that headquarters has not confirmed, by stream. */
  get backlog(): Readonly<Partial<Record<UpStream, number>>> {
    return Object.fromEntries(this.#backlog);
  }

  get usage(): Usage {
    const of = (name: RoomClass) => this.#usage.get(name) ?? 0;
    return {
      ...{ accepted: of("accepted"), sale: of("sale"), event: of("event") },
      ...{ telemetry: of("telemetry"), crop: of("crop") },
    };
  }

  /** Records lost for want of room, by stream, since this file began. */
  get dropped(): Readonly<Partial<Record<UpStream, number>>> {
    return this.#run((sql) =>
      Object.fromEntries(upStreams.map((name) => [name, sql.stream.get(name)?.dropped ?? 0])),
    );
  }

  outcome(commandId: string): CommandOutcome | undefined {
    return this.#run((sql) => sql.outcome.get(commandId));
  }

  keepOutcome(commandId: string, at: number, { state, detail }: CommandOutcome): void {
    this.#run((sql) => {
      sql.keep.run(commandId, at, state, detail);
      sql.trim.run();
    });
  }

  #insert(sql: ReturnType<typeof prepare>, { stream, id, at, body }: NewRecord): boolean {
    if (sql.has.get(id)) return true;
    const text = JSON.stringify(upBodies[stream].parse(body));
    const bytes = Buffer.byteLength(text);
    const plan = planRoom(this.usage, this.#o.limitBytes, stream, bytes);
    for (const { from, bytes: wanted } of plan.drop) this.#drop(sql, from, wanted);
    // The number is used up all the same: a gap tells headquarters that something is missing.
    sql.next.run(stream);
    if (plan.take) {
      sql.insert.run(id, at, bytes, text, stream);
      this.#usage.set(stream, this.usage[stream] + bytes);
    } else sql.dropped.run(stream);
    return plan.take;
  }

  #drop(sql: ReturnType<typeof prepare>, from: Dispensable, wanted: number): void {
    const name = from === "accepted" ? "sale" : from;
    const accepted = sql.stream.get(name)?.accepted_n ?? 0;
    const [above, upTo] = from === "accepted" ? [0, accepted] : [accepted, Number.MAX_SAFE_INTEGER];
    let freed = 0;
    while (freed < wanted) {
      const rows = sql.oldest.all(name, above, upTo);
      if (rows.length === 0) break;
      for (const { key, bytes } of rows) {
        if (freed >= wanted) break;
        sql.remove.run(key);
        if (from !== "accepted") sql.dropped.run(name);
        freed += bytes;
      }
    }
    this.#usage.set(from, Math.max(0, this.usage[from] - freed));
  }

  #count(): void {
    this.#usage.clear();
    this.#backlog.clear();
    for (const { name, accepted, bytes, records } of this.#sql?.usage.all() ?? []) {
      const kind = accepted ? "accepted" : name;
      this.#usage.set(kind, (this.#usage.get(kind) ?? 0) + bytes);
      if (!accepted) this.#backlog.set(name, records);
    }
  }

  #box() {
    const box = this.#run((sql) => sql.box.get());
    if (!box) throw new UplinkStoreError(this.#o.file);
    return box;
  }

  #run<T>(work: (sql: ReturnType<typeof prepare>, db: Database.Database) => T): T {
    if (!this.#sql || !this.#db) throw new UplinkStoreError(this.#o.file);
    try {
      return work(this.#sql, this.#db);
    } catch (cause) {
      if (cause instanceof UplinkStoreError) throw cause;
      // What was counted on the way is not stored.
      if (this.#db.open) this.#count();
      throw new UplinkStoreError(this.#o.file, { cause });
    }
  }
}
