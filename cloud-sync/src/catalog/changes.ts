import { CatalogChange, type CatalogDelta, InvariantError } from "@tillsight/contracts";
import type { Sql } from "./database.js";

export interface ChangeRow {
  lsn: number;
  kind: string;
  body: Record<string, unknown>;
  vector: Uint8Array | null;
}

/** Seven decimals: well below the noise of an embedder, and half the bytes of a full double. */
const rounded = (vector: Uint8Array): number[] =>
  Array.from(new Float32Array(vector.slice().buffer), (x) => Math.round(x * 1e7) / 1e7);

function toChange(row: ChangeRow): CatalogChange {
  const lsn = Number(row.lsn);
  const parsed = CatalogChange.safeParse(
    row.kind === "referenceUpserted" && row.vector
      ? { kind: row.kind, lsn, reference: { ...row.body, vector: rounded(row.vector) } }
      : { kind: row.kind, lsn, ...row.body },
  );
  if (!parsed.success)
    throw new InvariantError(`change ${lsn} of the catalog is unreadable`, { cause: parsed.error });
  return parsed.data;
}

/** About the bytes of a change as JSON, without making it. */
const estimate = (row: ChangeRow): number =>
  120 + JSON.stringify(row.body).length + ((row.vector?.length ?? 0) / 4) * 12;

/** Changes read at once: bounds memory, whatever the byte limit. */
const pageRows = 1000;

/**
 * The next delta after `afterLsn`, at most about `maxBytes` long but always at least one change; null when there
 * is nothing newer. References of an embedder that is no longer in use are passed over: LSNs may have holes.
 */
export async function readDelta(
  sql: Sql,
  afterLsn: number,
  embedderId: string,
  maxBytes: number,
): Promise<CatalogDelta | null> {
  // Read first: a change that is committed between the two queries belongs to the next delta.
  const state = await sql.query<{ lsn: number }>("select lsn from catalog_state");
  const newest = Number(state.rows[0]?.lsn ?? 0);
  if (newest <= afterLsn) return null;
  const { rows } = await sql.query<ChangeRow>(
    `select lsn, kind, body, vector from change
     where lsn > $1 and lsn <= $2 and (embedder_id is null or embedder_id = $3) order by lsn limit ${pageRows}`,
    [afterLsn, newest, embedderId],
  );
  let bytes = 0;
  let count = 0;
  for (const row of rows) {
    bytes += estimate(row);
    if (count > 0 && bytes > maxBytes) break;
    count++;
  }
  const changes = rows.slice(0, count).map(toChange);
  // Everything up to the newest was seen: the holes at the end are covered too.
  const complete = count === rows.length && rows.length < pageRows;
  const toLsn = complete ? newest : (changes.at(-1)?.lsn ?? newest);
  return { fromLsn: afterLsn, toLsn, changes };
}
