import { type NodeName, Product } from "@tillsight/contracts";
import type { Database, Sql } from "../storage/database.js";
import { stoodAt, toReference } from "./as-of.js";
import { newestLsn, productKey, referenceKey } from "./change-log.js";
import type { LaneRow } from "./feed.js";
import { Override, resolve } from "./override.js";

/** Rows of one query: 1 MiB of vectors, about. */
const pageRows = 1000;

interface Scope {
  readonly db: Database;
  readonly lsn: number;
  readonly embedderId: string;
  readonly overrides: ReadonlyMap<string, Override>;
}

/**
 * Every live row of a store as of one LSN, in key order.
 *
 * No transaction is held while it is read, because the embedded database has but one session: what changed after the
 * LSN is told from the log instead.
 */
export async function liveRows(
  db: Database,
  store: NodeName,
  embedderId: string,
): Promise<{ readonly lsn: number; readonly rows: AsyncIterable<LaneRow> }> {
  const scope = await db.transaction(
    async (tx) => ({ db, lsn: await newestLsn(tx), embedderId, overrides: await overridesOf(tx, store) }),
    { isolation: "snapshot" },
  );
  return { lsn: scope.lsn, rows: allRows(scope) };
}

/** The chain's products, or those of a store, as of one moment, by SKU. */
export async function liveProducts(
  db: Database,
  store: NodeName | undefined,
): Promise<AsyncIterable<Product>> {
  const { lsn, overrides } = await db.transaction(
    async (tx) => ({
      lsn: await newestLsn(tx),
      overrides: store === undefined ? new Map<string, Override>() : await overridesOf(tx, store),
    }),
    { isolation: "snapshot" },
  );
  return products({ db, lsn, overrides });
}

async function overridesOf(sql: Sql, store: NodeName): Promise<Map<string, Override>> {
  const { rows } = await sql.query<{ sku: string; body: unknown }>(
    "select sku, body from override where store = $1",
    [store],
  );
  return new Map(rows.map(({ sku, body }) => [sku, Override.parse(body)]));
}

async function* allRows(scope: Scope): AsyncGenerator<LaneRow> {
  for await (const product of products(scope)) yield { kind: "product", product };
  yield* references(scope);
}

async function* products({ db, lsn, overrides }: Omit<Scope, "embedderId">): AsyncGenerator<Product> {
  const pages = pagesAsOf<{ body: unknown }>(db, lsn, {
    ...{ columns: "sku as key, body", table: "product", key: "sku", kind: "product", keyOf: productKey },
    toRow: (stood) => ({ body: stood.body }),
  });
  for await (const { body } of pages) {
    const product = Product.parse(body);
    const own = resolve(product, overrides.get(product.sku) ?? null);
    if (own) yield own;
  }
}

interface VectorRow {
  body: unknown;
  embedder_id: string | null;
  vector: Uint8Array | null;
}

async function* references({ db, lsn, embedderId, overrides }: Scope): AsyncGenerator<LaneRow> {
  const pages = pagesAsOf<VectorRow>(db, lsn, {
    columns: "id as key, jsonb_build_object('id', id, 'sku', sku) as body, embedder_id, vector",
    ...{ table: "reference", key: "id", kind: "reference", keyOf: referenceKey },
    toRow: (stood) => ({ body: stood.body, embedder_id: stood.embedderId, vector: stood.vector }),
  });
  for await (const row of pages) {
    const reference = toReference(row.body, row.embedder_id, row.vector, embedderId);
    if (reference && overrides.get(reference.sku)?.available !== false)
      yield { kind: "reference", reference };
  }
}

interface Paging<T> {
  /** `key` among them. */
  readonly columns: string;
  readonly table: string;
  readonly key: string;
  readonly kind: string;
  /** Key of the log. */
  readonly keyOf: (key: string) => string;
  readonly toRow: (stood: { body: unknown; embedderId: string | null; vector: Uint8Array | null }) => T;
}

/** Today's rows page by page; those that changed since `lsn` are put back to what they were then. */
async function* pagesAsOf<T>(db: Database, lsn: number, paging: Paging<T>): AsyncGenerator<T> {
  for (let last = "", more = true; more; ) {
    const after = last;
    const { today, changed } = await db.transaction((tx) => readPage<T>(tx, lsn, after, paging), {
      isolation: "snapshot",
    });
    const then = await stoodAt(
      db,
      changed.map((key) => ({ key: paging.keyOf(key), lsn })),
    );
    const page = new Map<string, T>(today.map((row) => [row.key, row]));
    for (const [i, key] of changed.entries()) {
      const stood = then[i];
      if (stood) page.set(key, paging.toRow(stood));
      else page.delete(key);
    }
    yield* [...page].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
    more = today.length === pageRows;
    last = today.at(-1)?.key ?? last;
  }
}

async function readPage<T>(
  tx: Sql,
  lsn: number,
  after: string,
  { columns, table, key, kind, keyOf }: Paging<T>,
) {
  const { rows: today } = await tx.query<T & { key: string }>(
    `select ${columns} from ${table} where ${key} > $1 order by ${key} limit ${pageRows}`,
    [after],
  );
  const end = today.length === pageRows ? keyOf(today.at(-1)?.key ?? "") : null;
  const { rows } = await tx.query<{ key: string }>(
    `select distinct key from change
     where lsn > $1 and kind = $2 and key > $3 and ($4::text is null or key <= $4)`,
    [lsn, kind, keyOf(after), end],
  );
  const prefix = keyOf("").length;
  return { today, changed: rows.map((row) => row.key.slice(prefix)) };
}
