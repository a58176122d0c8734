import { setImmediate as nextTurn } from "node:timers/promises";
import { newestLsn, referenceKey, vectorOf } from "../catalog/change-log.js";
import type { Database } from "../storage/database.js";
import type { Conflict } from "./quality/verdict.js";

interface Entry {
  readonly sku: string;
  readonly photo: string | null;
  readonly vector: Float32Array;
}

interface EntryRow {
  readonly id: string;
  readonly sku: string;
  readonly photo: string | null;
  readonly vector: Uint8Array;
}

/** Rows in one statement, and vectors compared before others get their turn. */
const page = 2_000;

/**
 * Every reference of one embedder in memory, followed by LSN: exact, and the same on both engines. 150,000 vectors
 * of 256 numbers take about 170 MB; they are loaded at the first question.
 */
export class ReferenceIndex {
  readonly #db: Database;
  readonly #embedderId: string;
  readonly #entries = new Map<string, Entry>();
  #lsn = 0;
  #following: Promise<void> = Promise.resolve();

  constructor(db: Database, embedderId: string) {
    this.#db = db;
    this.#embedderId = embedderId;
  }

  /** References of other products that are most like `vector`, one a product, the most alike first. */
  async conflicts(vector: Float32Array, sku: string, least: number, limit = 4): Promise<Conflict[]> {
    await this.#follow();
    const best = new Map<string, Conflict>();
    let seen = 0;
    for (const [id, entry] of this.#entries) {
      if (++seen % page === 0) await nextTurn();
      if (entry.sku === sku) continue;
      const similarity = dot(entry.vector, vector);
      if (similarity < least || similarity <= (best.get(entry.sku)?.similarity ?? -2)) continue;
      best.set(entry.sku, { sku: entry.sku, reference: id, photo: entry.photo, similarity });
    }
    return [...best.values()].sort((a, b) => b.similarity - a.similarity).slice(0, limit);
  }

  /** One at a time, and each question waits for what was committed before it was asked. */
  #follow(): Promise<void> {
    const now = () => this.#catchUp();
    this.#following = this.#following.then(now, now);
    return this.#following;
  }

  async #catchUp(): Promise<void> {
    const to = await newestLsn(this.#db);
    if (to === this.#lsn) return;
    const gone = await this.#db.query<{ key: string }>(
      "select distinct key from change where kind = 'reference' and after is null and lsn > $1 and lsn <= $2",
      [this.#lsn, to],
    );
    // A key that came back is among the rows below.
    for (const { key } of this.#lsn === 0 ? [] : gone.rows)
      this.#entries.delete(key.slice(referenceKey("").length));
    for (let last = this.#lsn; ; ) {
      const { rows } = await this.#db.query<EntryRow & { lsn: number }>(
        `select id, sku, photo, vector, lsn from reference
         where embedder_id = $1 and lsn > $2 and lsn <= $3 order by lsn limit ${page}`,
        [this.#embedderId, last, to],
      );
      for (const { id, sku, photo, vector } of rows)
        this.#entries.set(id, { sku, photo, vector: vectorOf(vector) });
      last = rows.at(-1)?.lsn ?? last;
      if (rows.length < page) break;
    }
    this.#lsn = to;
  }
}

/** Cosine, since both are of length 1; vectors of different lengths have nothing in common. */
function dot(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return -1;
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
