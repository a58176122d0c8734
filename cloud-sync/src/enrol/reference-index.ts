import { setImmediate as nextTurn } from "node:timers/promises";
import { newestLsn, referenceKey, vectorOf } from "../catalog/change-log.js";
import type { Database } from "../storage/database.js";
import type { Conflict } from "./quality/verdict.js";
import { type Known, type Stray, strayOf } from "./strays.js";

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

  /**
   * Strays that come to light with a new reference: among those of its product and of the products most like it.
   * Everything is compared anew, so that a wrong picture is found whether it came before or after the right ones.
   */
  async strays(fresh: Known & { readonly sku: string }, neighbours = 4): Promise<Stray[]> {
    await this.#follow();
    const products = new Map<string, Known[]>([[fresh.sku, [fresh]]]);
    const likest = new Map<string, number>();
    let seen = 0;
    for (const [id, { sku, photo, vector }] of this.#entries) {
      if (++seen % page === 0) await nextTurn();
      if (id === fresh.id) continue;
      const known = products.get(sku);
      if (known) known.push({ id, photo, vector });
      else products.set(sku, [{ id, photo, vector }]);
      likest.set(sku, Math.max(likest.get(sku) ?? -1, dot(vector, fresh.vector)));
    }
    likest.delete(fresh.sku);
    const near = [...likest].sort((a, b) => b[1] - a[1]).slice(0, neighbours);
    const own = products.get(fresh.sku) ?? [];
    const found: (Stray | null)[] = [];
    products.delete(fresh.sku);
    for (const one of own) {
      await nextTurn();
      found.push(strayOf(one, own, products));
    }
    for (const [sku] of near) {
      const others = products.get(sku) ?? [];
      for (const one of others) found.push(strayOf(one, others, [[fresh.sku, own]]));
    }
    return found.filter((stray) => stray !== null);
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
