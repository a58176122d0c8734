import { Product } from "@tillsight/contracts";
import type { Sql } from "../storage/database.js";
import { Override } from "./override.js";
import { codeOf } from "./rules.js";

/** All that a page shows of a product at once. */
export interface ProductDetail {
  /** What it was asked for by: its SKU, or one of its barcodes. */
  readonly key: string;
  readonly product: Product;
  /** Of its newest change; of references and overrides too. */
  readonly lsn: number;
  readonly changedAt: string | null;
  readonly changedBy: string | null;
  /** Pictures that lanes recognise it by. */
  readonly references: number;
  /** Object id of a picture of it: the shelf picture, otherwise the oldest photo that lanes know it by. */
  readonly picture: string | null;
  readonly overrides: Readonly<Record<string, Override>>;
}

interface Row {
  readonly body: unknown;
  readonly sku: string;
  readonly lsn: number;
  readonly at: Date | null;
  readonly actor: string | null;
  readonly photos: number;
  readonly photo: string | null;
  readonly overrides: Readonly<Record<string, unknown>> | null;
}

/** Those that there are, in the order in which they are asked for; a barcode stands for its product. */
export async function readDetails(sql: Sql, keys: readonly string[]): Promise<ProductDetail[]> {
  const owners = await ownersOf(sql, keys);
  const { rows } = await sql.query<Row>(
    `select p.sku, p.body, coalesce(c.lsn, p.lsn) as lsn, c.at, c.actor,
       (select count(*)::int from reference r where r.sku = p.sku) as photos,
       (select r.photo from reference r where r.sku = p.sku and r.photo is not null order by r.lsn limit 1) as photo,
       (select jsonb_object_agg(o.store, o.body) from override o where o.sku = p.sku) as overrides
     from product p left join lateral
       (select lsn, at, actor from change where change.sku = p.sku order by lsn desc limit 1) c on true
     where p.sku = any($1)`,
    [[...new Set([...keys, ...owners.values()])]],
  );
  const bySku = new Map(rows.map((row) => [row.sku, row]));
  return keys.flatMap((key) => {
    const row = bySku.get(key) ?? bySku.get(owners.get(codeOf(key) ?? "") ?? "");
    return row ? [detailOf(key, row)] : [];
  });
}

async function ownersOf(sql: Sql, keys: readonly string[]): Promise<Map<string, string>> {
  const codes = keys.flatMap((key) => codeOf(key) ?? []);
  if (codes.length === 0) return new Map();
  const { rows } = await sql.query<{ code: string; sku: string }>(
    "select code, sku from barcode where code = any($1)",
    [codes],
  );
  return new Map(rows.map(({ code, sku }) => [code, sku]));
}

function detailOf(key: string, row: Row): ProductDetail {
  const product = Product.parse(row.body);
  const overrides = Object.entries(row.overrides ?? {}).map(([store, body]) => [store, Override.parse(body)]);
  return {
    ...{ key, product, lsn: Number(row.lsn), references: row.photos },
    ...{ changedAt: row.at?.toISOString() ?? null, changedBy: row.actor },
    picture: product.image ?? row.photo,
    overrides: Object.fromEntries(overrides),
  };
}

export interface StoreHead {
  /** Of the newest change that concerned this store: a lane that has it has everything up to `scannedLsn`. */
  readonly lsn: number;
  /** The catalog was cut into deltas for this store up to here. */
  readonly scannedLsn: number;
}

/** How far each store has been told, by its name. */
export async function readHeads(sql: Sql): Promise<Record<string, StoreHead>> {
  const { rows } = await sql.query<{ store: string; lsn: number; scanned_lsn: number }>(
    "select store, lsn, scanned_lsn from publish_state order by store",
  );
  return Object.fromEntries(
    rows.map((row) => [row.store, { lsn: Number(row.lsn), scannedLsn: Number(row.scanned_lsn) }]),
  );
}
