import type { CatalogChange, CatalogDelta, NodeName } from "@tillsight/contracts";
import type { CatalogFeed, FeedEntry, FeedReference } from "../catalog/feed.js";

/** Changes read at once: bounds memory, whatever the byte limit. */
const pageChanges = 1000;

/** Seven decimals: well below the noise of an embedder, and half the bytes of a full double. */
const rounded = (vector: Float32Array): number[] => Array.from(vector, (x) => Math.round(x * 1e7) / 1e7);

const toWire = ({ vector, ...rest }: FeedReference) => ({ ...rest, vector: rounded(vector) });

function toChange({ lsn, before, after }: FeedEntry): CatalogChange | null {
  if (after?.kind === "product") return { kind: "productUpserted", lsn, product: after.product };
  if (after?.kind === "reference")
    return { kind: "referenceUpserted", lsn, reference: toWire(after.reference) };
  if (before?.kind === "product") return { kind: "productRemoved", lsn, sku: before.product.sku };
  return before && { kind: "referenceRemoved", lsn, referenceId: before.reference.id };
}

/**
 * The next delta after `afterLsn`, at most about `maxBytes` of JSON but always at least one LSN; null when there is
 * nothing newer. What does not concern this store is passed over: LSNs may have holes.
 */
export async function readDelta(
  feed: CatalogFeed,
  store: NodeName,
  afterLsn: number,
  maxBytes: number,
): Promise<CatalogDelta | null> {
  const page = await feed.after(store, afterLsn, pageChanges);
  if (page.toLsn === afterLsn) return null;
  const changes: CatalogChange[] = [];
  let bytes = 0;
  for (const change of page.entries.flatMap((entry) => toChange(entry) ?? [])) {
    bytes += JSON.stringify(change).length;
    const last = changes.at(-1)?.lsn;
    // An LSN is never cut in two.
    if (last !== undefined && bytes > maxBytes && change.lsn !== last)
      return { fromLsn: afterLsn, toLsn: last, changes };
    changes.push(change);
  }
  return { fromLsn: afterLsn, toLsn: page.toLsn, changes };
}
