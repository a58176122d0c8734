import type { Sku } from "@tillsight/contracts";
import { chooseReferences } from "@tillsight/models";
import { vectorOf } from "../catalog/change-log.js";
import type { Sql } from "../storage/database.js";

/**
 * Which references of a product give way so that no more than `most` stand for all of its pictures.
 *
 * @param fresh the newest; with `keep` it stays whatever it adds.
 */
export async function surplusReferences(
  tx: Sql,
  of: { readonly sku: Sku; readonly embedderId: string; readonly most: number | undefined },
  fresh: { readonly id: string; readonly vector: Float32Array; readonly keep: boolean },
): Promise<string[]> {
  const { most } = of;
  if (most === undefined) return [];
  const { rows } = await tx.query<{ id: string; vector: Uint8Array }>(
    "select id, vector from reference where sku = $1 and embedder_id = $2 and id <> $3 order by lsn",
    [of.sku, of.embedderId, fresh.id],
  );
  if (rows.length < most) return [];
  const all = [...rows.map(({ id, vector }) => ({ id, vector: vectorOf(vector) })), fresh];
  const vectors = all.map(({ vector }) => vector);
  const kept = new Set(chooseReferences(vectors, most, fresh.keep ? [rows.length] : []));
  return all.flatMap(({ id }, at) => (kept.has(at) ? [] : [id]));
}
