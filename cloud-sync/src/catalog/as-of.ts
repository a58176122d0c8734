import type { Sku } from "@tillsight/contracts";
import type { Sql } from "../storage/database.js";
import { vectorOf } from "./change-log.js";
import type { FeedReference } from "./feed.js";

/** A key at an LSN: asks for what stood under it after that change. */
export interface Moment {
  readonly key: string;
  readonly lsn: number;
}

export interface Stood {
  readonly body: unknown;
  readonly embedderId: string | null;
  readonly vector: Uint8Array | null;
}

interface StoodRow {
  readonly i: number;
  readonly key: string;
  readonly after: unknown;
  readonly embedder_id: string | null;
  readonly vector: Uint8Array | null;
}

/** What stood under each key after the change of its LSN; undefined where nothing did. */
export async function stoodAt(sql: Sql, moments: readonly Moment[]): Promise<(Stood | undefined)[]> {
  if (moments.length === 0) return [];
  const { rows } = await sql.query<StoodRow>(
    `select m.i, m.key, c.after, c.embedder_id, c.vector
     from (select ord::int - 1 as i, key, lsn
           from unnest($1::text[], $2::bigint[]) with ordinality as u (key, lsn, ord)) as m
     cross join lateral (select after, embedder_id, vector from change
       where change.key = m.key and change.lsn <= m.lsn order by change.lsn desc limit 1) as c
     where c.after is not null`,
    [moments.map(({ key }) => key), moments.map(({ lsn }) => lsn)],
  );
  const found: (Stood | undefined)[] = moments.map(() => undefined);
  for (const row of rows) found[row.i] = { body: row.after, embedderId: row.embedder_id, vector: row.vector };
  return found;
}

/** References of products at LSNs, of one embedder, by id. */
export async function referencesAt(
  sql: Sql,
  moments: readonly { readonly sku: string; readonly lsn: number }[],
  embedderId: string,
): Promise<FeedReference[][]> {
  if (moments.length === 0) return [];
  const { rows } = await sql.query<StoodRow>(
    `select distinct on (m.i, c.key) m.i, c.key, c.after, c.embedder_id, c.vector
     from (select ord::int - 1 as i, sku, lsn
           from unnest($1::text[], $2::bigint[]) with ordinality as u (sku, lsn, ord)) as m
     join change c on c.sku = m.sku and c.lsn <= m.lsn and c.kind = 'reference'
     order by m.i, c.key, c.lsn desc`,
    [moments.map(({ sku }) => sku), moments.map(({ lsn }) => lsn)],
  );
  const found: FeedReference[][] = moments.map(() => []);
  for (const row of rows) {
    const reference = toReference(row.after, row.embedder_id, row.vector, embedderId);
    if (reference) found[row.i]?.push(reference);
  }
  return found;
}

/** Null when nothing stood there, or a vector of another embedder. */
export function toReference(
  body: unknown,
  embedderId: string | null,
  vector: Uint8Array | null,
  wanted: string,
): FeedReference | null {
  if (body === null || vector === null || embedderId !== wanted) return null;
  // Written by ourselves; the cast only gives the brand back.
  const { id, sku } = body as { id: string; sku: Sku };
  return { id, sku, embedderId, vector: vectorOf(vector) };
}
