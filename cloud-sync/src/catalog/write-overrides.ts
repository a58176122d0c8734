import { isDeepStrictEqual } from "node:util";
import type { NodeName, Sku } from "@tillsight/contracts";
import type { Sql } from "../storage/database.js";
import { type ChangeLog, overrideKey } from "./change-log.js";
import { isEmpty, Override } from "./override.js";

export interface StoreOverride {
  readonly store: NodeName;
  readonly sku: Sku;
  /** Null, or one that says nothing: the store does as the chain does. */
  readonly override: Override | null;
}

export interface WrittenOverrides {
  readonly created: number;
  readonly changed: number;
  readonly removed: number;
}

const keyOf = ({ store, sku }: { readonly store: string; readonly sku: string }) => overrideKey(store, sku);

export async function readOverrides(
  sql: Sql,
  wanted: readonly { readonly store: string; readonly sku: string }[],
): Promise<Map<string, Override>> {
  const { rows } = await sql.query<{ store: string; sku: string; body: unknown }>(
    `select store, sku, body from override
     join jsonb_to_recordset($1::jsonb) as w (store text, sku text) using (store, sku)`,
    [JSON.stringify(wanted.map(({ store, sku }) => ({ store, sku })))],
  );
  return new Map(rows.map((row) => [keyOf(row), Override.parse(row.body)]));
}

/** Writes what differs, in this order; each store and SKU once; both must exist. Overrides are canonical. */
export async function writeOverrides(
  tx: Sql,
  log: ChangeLog,
  list: readonly StoreOverride[],
): Promise<WrittenOverrides> {
  const { store, written } = await logOverrides(tx, log, list);
  await store();
  return written;
}

/**
 * The same in two halves: logged now, stored when `store` is called. A product that comes into being is logged between
 * the two, so that at no LSN a store has it without what that store does otherwise.
 */
export async function logOverrides(
  tx: Sql,
  log: ChangeLog,
  list: readonly StoreOverride[],
): Promise<{ readonly written: WrittenOverrides; store(): Promise<void> }> {
  const current = await readOverrides(tx, list);
  const steps = list.flatMap(({ store, sku, override }) => {
    const before = current.get(overrideKey(store, sku)) ?? null;
    const after = override === null || isEmpty(override) ? null : override;
    if (isDeepStrictEqual(before, after)) return [];
    return [{ kind: "override" as const, key: overrideKey(store, sku), sku, store, before, after }];
  });
  const lsns = await log.append(steps);
  const rows = steps.map(({ store, sku, after }, i) => ({ store, sku, body: after, lsn: lsns[i] }));
  const [kept, gone] = [rows.filter((row) => row.body !== null), rows.filter((row) => row.body === null)];
  const written = {
    created: steps.filter(({ before }) => before === null).length,
    changed: steps.filter(({ before, after }) => before !== null && after !== null).length,
    removed: gone.length,
  };
  return { written, store: () => storeOverrides(tx, kept, gone) };
}

async function storeOverrides(tx: Sql, kept: readonly object[], gone: readonly object[]): Promise<void> {
  if (kept.length > 0)
    await tx.query(
      `insert into override (store, sku, body, lsn)
       select * from jsonb_to_recordset($1::jsonb) as o (store text, sku text, body jsonb, lsn bigint)
       on conflict (store, sku) do update set body = excluded.body, lsn = excluded.lsn`,
      [JSON.stringify(kept)],
    );
  if (gone.length > 0)
    await tx.query(
      `delete from override using jsonb_to_recordset($1::jsonb) as g (store text, sku text)
       where override.store = g.store and override.sku = g.sku`,
      [JSON.stringify(gone)],
    );
}
