import type { CatalogChange, CatalogDelta } from "@tillsight/contracts";

/** What a lane at `cursor` does with a delta. */
export type DeltaPlan =
  | { readonly kind: "apply"; readonly changes: readonly CatalogChange[]; readonly toLsn: number }
  | { readonly kind: "nothing" }
  | { readonly kind: "gap" }
  | { readonly kind: "embedder"; readonly found: string }
  | { readonly kind: "refused"; readonly reason: string };

/**
 * Deltas may come twice, overlap what is there, or come in the wrong order. Changes up to the cursor are
 * skipped; nothing is applied when something before them is missing or when the delta contradicts itself.
 */
export function planDelta(delta: CatalogDelta, cursor: number, embedderId: string): DeltaPlan {
  if (delta.toLsn < delta.fromLsn) return { kind: "refused", reason: "it ends before it begins" };
  let last = delta.fromLsn;
  for (const change of delta.changes) {
    if (change.lsn <= last) return { kind: "refused", reason: `LSN ${change.lsn} follows ${last}` };
    if (change.lsn > delta.toLsn) return { kind: "refused", reason: `LSN ${change.lsn} is beyond its end` };
    last = change.lsn;
  }
  if (delta.toLsn <= cursor) return { kind: "nothing" };
  if (delta.fromLsn > cursor) return { kind: "gap" };
  const changes = delta.changes.filter((change) => change.lsn > cursor);
  for (const change of changes)
    if (change.kind === "referenceUpserted" && change.reference.embedderId !== embedderId)
      return { kind: "embedder", found: change.reference.embedderId };
  return { kind: "apply", changes, toLsn: delta.toLsn };
}
