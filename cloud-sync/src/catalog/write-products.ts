import { isDeepStrictEqual } from "node:util";
import { Product, type Sku } from "@tillsight/contracts";
import type { Sql } from "../storage/database.js";
import { type ChangeLog, overrideKey, productKey, referenceKey, type Step } from "./change-log.js";
import { codesOf } from "./rules.js";
import { namesKey, searchText, vocabularyOf } from "./search-text.js";

/** A barcode that a product wants to have. */
export interface Claim {
  readonly code: string;
  readonly sku: string;
}

/** A barcode that another product has. */
export interface TakenCode extends Claim {
  readonly owner: string;
}

export interface WrittenProducts {
  readonly created: number;
  readonly changed: number;
  /** For `claimCodes`, once every product of the transaction is written: barcodes may move between them. */
  readonly claims: readonly Claim[];
}

export async function readProducts(sql: Sql, skus: readonly string[]): Promise<Map<string, Product>> {
  const { rows } = await sql.query<{ body: unknown }>("select body from product where sku = any($1)", [skus]);
  return new Map(rows.map(({ body }) => Product.parse(body)).map((product) => [product.sku, product]));
}

/** Writes what differs, in this order; each SKU once. `products` are canonical (see `canonicalProduct`). */
export async function writeProducts(
  tx: Sql,
  log: ChangeLog,
  products: readonly Product[],
): Promise<WrittenProducts> {
  const current = await readProducts(
    tx,
    products.map(({ sku }) => sku),
  );
  const changed = products.filter((product) => !isDeepStrictEqual(current.get(product.sku), product));
  if (changed.length === 0) return { created: 0, changed: 0, claims: [] };
  const lsns = await log.append(
    changed.map((after) => ({
      ...{ kind: "product", key: productKey(after.sku), sku: after.sku, after },
      before: current.get(after.sku) ?? null,
    })),
  );
  const rows = changed.map((product, i) => ({ sku: product.sku, body: product, lsn: lsns[i] }));
  await tx.query(
    `insert into product (sku, body, lsn)
     select * from jsonb_to_recordset($1::jsonb) as p (sku text, body jsonb, lsn bigint)
     on conflict (sku) do update set body = excluded.body, lsn = excluded.lsn`,
    [JSON.stringify(rows)],
  );
  await writeSearch(tx, changed, current);
  return {
    created: changed.filter(({ sku }) => !current.has(sku)).length,
    changed: changed.filter(({ sku }) => current.has(sku)).length,
    claims: await giveUpCodes(tx, changed, current),
  };
}

/** What is searched by; most changes are of prices and leave it. */
async function writeSearch(
  tx: Sql,
  products: readonly Product[],
  current: ReadonlyMap<string, Product>,
): Promise<void> {
  const rows = products.flatMap((product) => {
    const [old, text] = [current.get(product.sku), searchText(product)];
    if (old && old.name === product.name && searchText(old) === text) return [];
    return [{ sku: product.sku, name_key: namesKey(product), text }];
  });
  if (rows.length === 0) return;
  await tx.query(
    `insert into product_search (sku, name_key, text)
     select * from jsonb_to_recordset($1::jsonb) as p (sku text, name_key text, text text)
     on conflict (sku) do update set name_key = excluded.name_key, text = excluded.text`,
    [JSON.stringify(rows)],
  );
  await tx.query("insert into search_word select unnest($1::text[]) on conflict do nothing", [
    vocabularyOf(rows.map(({ text }) => text)),
  ]);
}

/** Takes the barcodes off the products whose barcodes change. @returns those that they want instead */
async function giveUpCodes(
  tx: Sql,
  products: readonly Product[],
  current: ReadonlyMap<string, Product>,
): Promise<Claim[]> {
  const moved = products.filter((product) => {
    const old = current.get(product.sku);
    return !isDeepStrictEqual(codesOf(product), old ? codesOf(old) : []);
  });
  const had = moved.map(({ sku }) => sku).filter((sku) => current.has(sku));
  if (had.length > 0) await tx.query("delete from barcode where sku = any($1)", [had]);
  return moved.flatMap((product) => codesOf(product).map((code) => ({ code, sku: product.sku })));
}

/** @returns those that another product has, also one of the same claims; then the transaction must not commit. */
export async function claimCodes(tx: Sql, claims: readonly Claim[]): Promise<TakenCode[]> {
  if (claims.length === 0) return [];
  await tx.query(
    `insert into barcode (code, sku) select * from jsonb_to_recordset($1::jsonb) as b (code text, sku text)
     on conflict (code) do nothing`,
    [JSON.stringify(claims)],
  );
  const { rows } = await tx.query<TakenCode>(
    `select w.code, w.sku, b.sku as owner
     from jsonb_to_recordset($1::jsonb) as w (code text, sku text) join barcode b using (code) where b.sku <> w.sku`,
    [JSON.stringify(claims)],
  );
  return rows;
}

interface Taken {
  readonly references: readonly { readonly id: string; readonly sku: string; readonly body: object }[];
  readonly overrides: readonly { readonly store: string; readonly sku: string; readonly body: object }[];
}

/**
 * Removes products and what belongs to them. Logged in this order: references, product, overrides, so that at no LSN
 * a store sees a product without its overrides.
 *
 * @returns how many there were.
 */
export async function removeProducts(tx: Sql, log: ChangeLog, skus: readonly Sku[]): Promise<number> {
  const current = await readProducts(tx, skus);
  const references = await tx.query<Taken["references"][number]>(
    `select id, sku, jsonb_build_object('id', id, 'sku', sku, 'embedderId', embedder_id, 'photo', photo) as body
     from reference where sku = any($1) order by id`,
    [skus],
  );
  const overrides = await tx.query<Taken["overrides"][number]>(
    "select store, sku, body from override where sku = any($1) order by store, sku",
    [skus],
  );
  await log.append(removalSteps(current, { references: references.rows, overrides: overrides.rows }));
  await tx.query("delete from product where sku = any($1)", [skus]);
  return current.size;
}

function removalSteps(current: ReadonlyMap<string, Product>, { references, overrides }: Taken): Step[] {
  return [
    ...references.map(({ id, sku, body }) => ({
      ...{ kind: "reference" as const, key: referenceKey(id), sku, before: body, after: null },
    })),
    ...[...current].map(([sku, before]) => ({
      ...{ kind: "product" as const, key: productKey(sku), sku, before, after: null },
    })),
    ...overrides.map(({ store, sku, body }) => ({
      ...{ kind: "override" as const, key: overrideKey(store, sku), sku, store, before: body, after: null },
    })),
  ];
}
