import { Product, type Sku } from "@tillsight/contracts";
import type { Sql } from "../../storage/database.js";
import { vectorOf } from "../change-log.js";
import { Override } from "../override.js";
import type { StoredReference } from "../references.js";

/** A product with all that belongs to it, at one moment. */
export interface SkuState {
  readonly product: Product | null;
  /** By store. */
  readonly overrides: ReadonlyMap<string, Override>;
  /** By id. */
  readonly references: ReadonlyMap<string, StoredReference>;
}

interface MutableState {
  product: Product | null;
  readonly overrides: Map<string, Override>;
  readonly references: Map<string, StoredReference>;
}

type States = ReadonlyMap<string, SkuState>;

const blank = (skus: readonly string[]): Map<string, MutableState> =>
  new Map(skus.map((sku) => [sku, { product: null, overrides: new Map(), references: new Map() }]));

interface ReferenceRow {
  readonly id: string;
  readonly sku: Sku;
  readonly embedder_id: string;
  readonly photo: string | null;
  readonly vector: Uint8Array;
}

const referenceOf = ({ id, sku, embedder_id, photo, vector }: ReferenceRow): StoredReference => ({
  ...{ id, sku, embedderId: embedder_id, vector: vectorOf(vector) },
  ...(photo === null ? {} : { photo }),
});

/** What these products and their stores have now. */
export async function statesNow(sql: Sql, skus: readonly string[]): Promise<States> {
  const states = blank(skus);
  const products = await sql.query<{ sku: string; body: unknown }>(
    "select sku, body from product where sku = any($1)",
    [skus],
  );
  for (const { sku, body } of products.rows) (states.get(sku) as MutableState).product = Product.parse(body);
  const overrides = await sql.query<{ store: string; sku: string; body: unknown }>(
    "select store, sku, body from override where sku = any($1)",
    [skus],
  );
  for (const { store, sku, body } of overrides.rows)
    states.get(sku)?.overrides.set(store, Override.parse(body));
  const references = await sql.query<ReferenceRow>(
    "select id, sku, embedder_id, photo, vector from reference where sku = any($1)",
    [skus],
  );
  for (const row of references.rows) states.get(row.sku)?.references.set(row.id, referenceOf(row));
  return states;
}

interface LogRow {
  readonly kind: "product" | "override" | "reference";
  readonly sku: Sku;
  readonly store: string | null;
  readonly after: { readonly id: string; readonly photo: string | null };
  readonly embedder_id: string | null;
  readonly vector: Uint8Array | null;
}

/** What these products had after the change of an LSN, told from the log. */
export async function statesAt(sql: Sql, skus: readonly string[], lsn: number): Promise<States> {
  const states = blank(skus);
  const { rows } = await sql.query<LogRow>(
    `select kind, sku, store, after, embedder_id, vector from (
       select distinct on (key) key, kind, sku, store, after, embedder_id, vector from change
       where sku = any($1) and lsn <= $2 order by key, lsn desc) as stood
     where after is not null`,
    [skus, lsn],
  );
  for (const { kind, sku, store, after, embedder_id, vector } of rows) {
    const state = states.get(sku) as MutableState;
    if (kind === "product") state.product = Product.parse(after);
    else if (kind === "override") state.overrides.set(store as string, Override.parse(after));
    else if (embedder_id !== null && vector !== null) {
      const { id, photo } = after;
      state.references.set(id, referenceOf({ id, sku, embedder_id, photo, vector }));
    }
  }
  return states;
}

/** Products that changes after one LSN, up to another, concern; `later`: they were changed after that as well. */
export async function changedSkus(
  sql: Sql,
  toLsn: number,
  throughLsn: number,
): Promise<{ readonly sku: Sku; readonly later: boolean }[]> {
  const { rows } = await sql.query<{ sku: Sku; later: boolean }>(
    `select sku, max(lsn) > $2 as later from change where lsn > $1
     group by sku having min(lsn) <= $2 order by sku`,
    [toLsn, throughLsn],
  );
  return rows;
}
