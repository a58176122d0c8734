import type { Database, Sql } from "../storage/database.js";

/** Told of each commit; the payload is the newest LSN. */
export const changeChannel = "catalog_change";

export type ChangeKind = "product" | "reference" | "override";

/** One change before it has its LSN. `before` and `after`: the record, null = not there; at least one is there. */
export interface Step {
  readonly kind: ChangeKind;
  readonly key: string;
  readonly sku: string;
  readonly store?: string;
  readonly before: object | null;
  readonly after: object | null;
  /** Of a reference's `after`. */
  readonly vector?: { readonly embedderId: string; readonly values: Float32Array };
}

/** Who makes a change, and by what (an import's id), for the audit. */
export interface Author {
  readonly actor: string;
  readonly source?: string;
}

/** LSN of the catalog after the call; `changed` is false when everything was so already. */
export interface ChangeResult {
  readonly lsn: number;
  readonly changed: boolean;
}

export const productKey = (sku: string): string => `p:${sku}`;
export const referenceKey = (id: string): string => `r:${id}`;
export const overrideKey = (store: string, sku: string): string => `o:${store}:${sku}`;

/** Gives each change of one transaction the next LSN and writes it down. */
export class ChangeLog {
  readonly #tx: Sql;
  readonly #author: Author;
  #lsn: number;

  constructor(tx: Sql, author: Author, lsn: number) {
    this.#tx = tx;
    this.#author = author;
    this.#lsn = lsn;
  }

  /** Of the newest change. */
  get lsn(): number {
    return this.#lsn;
  }

  /** @returns the LSN of each step. */
  async append(steps: readonly Step[]): Promise<number[]> {
    if (steps.length === 0) return [];
    const rows = steps.map(({ vector, store, ...step }, i) => ({
      ...{ ...step, lsn: this.#lsn + 1 + i, store: store ?? null },
      embedder_id: vector?.embedderId ?? null,
      vector: vector ? base64(vector.values) : null,
    }));
    this.#lsn += steps.length;
    await this.#tx.query(
      `insert into change (lsn, key, kind, sku, store, actor, source, before, after, embedder_id, vector)
       select lsn, key, kind, sku, store, $2, $3, before, after, embedder_id, decode(vector, 'base64')
       from jsonb_to_recordset($1::jsonb) as c (lsn bigint, key text, kind text, sku text, store text,
         before jsonb, after jsonb, embedder_id text, vector text)`,
      [JSON.stringify(rows), this.#author.actor, this.#author.source ?? null],
    );
    return rows.map((row) => row.lsn);
  }
}

/** Of the newest committed change; 0 = none yet. */
export async function newestLsn(sql: Sql): Promise<number> {
  const { rows } = await sql.query<{ lsn: number }>("select lsn from catalog_state");
  return rows[0]?.lsn ?? 0;
}

/** Little-endian f32, as every machine we run on has it. */
export const base64 = (vector: Float32Array): string =>
  Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64");

export function vectorOf(bytes: Uint8Array): Float32Array {
  // A copy, because the bytes may lie at an address that is no multiple of four. Not slice(): a Buffer's shares.
  return new Float32Array(new Uint8Array(bytes).buffer);
}

/**
 * Runs `work` in a transaction that holds the catalog's one row, so that LSNs are without gaps and become visible in
 * their order also with several writers and several copies of headquarters.
 */
export async function change<T>(
  db: Database,
  author: Author,
  work: (tx: Sql, log: ChangeLog) => Promise<T>,
): Promise<ChangeResult & { readonly value: T }> {
  return db.transaction(async (tx) => {
    const { rows } = await tx.query<{ lsn: number }>("select lsn from catalog_state for update");
    const before = rows[0]?.lsn ?? 0;
    const log = new ChangeLog(tx, author, before);
    const value = await work(tx, log);
    if (log.lsn > before) {
      await tx.query("update catalog_state set lsn = $1", [log.lsn]);
      await tx.query("select pg_notify($1, $2)", [changeChannel, String(log.lsn)]);
    }
    return { lsn: log.lsn, changed: log.lsn > before, value };
  });
}
