import type { Sql } from "../../storage/database.js";
import type { ChangeLog } from "../change-log.js";
import { dropReferences, writeReferences } from "../references.js";
import { logOverrides } from "../write-overrides.js";
import { type Claim, claimCodes, removeProducts, writeProducts } from "../write-products.js";
import type { SkuSteps } from "./steps.js";

/**
 * Writes a batch of products back, in the order of removals and of what comes anew: at no LSN has a store a reference
 * without its product, or a product that came back without what the store does otherwise.
 *
 * @returns the barcodes that they want, for `ownersElsewhere` once all are written
 */
export async function applySteps(
  tx: Sql,
  log: ChangeLog,
  steps: readonly SkuSteps[],
): Promise<readonly Claim[]> {
  const dropped = steps.flatMap((step) => step.dropped);
  if (dropped.length > 0) await dropReferences(tx, log, dropped);
  const gone = steps.flatMap(({ sku, product }) => (product === "removed" ? [sku] : []));
  if (gone.length > 0) await removeProducts(tx, log, gone);
  const overrides = await logOverrides(
    tx,
    log,
    steps.flatMap((step) => step.overrides),
  );
  const { claims } = await writeProducts(
    tx,
    log,
    steps.flatMap(({ write }) => write ?? []),
  );
  await overrides.store();
  await writeReferences(
    tx,
    log,
    steps.flatMap(({ references }) => references),
  );
  return claims;
}

/** Claims of one statement. */
const batchClaims = 5_000;

/** SKUs among the claims whose barcodes products have that are not written back. */
export async function ownersElsewhere(tx: Sql, claims: readonly Claim[]): Promise<string[]> {
  const skus: string[] = [];
  for (let at = 0; at < claims.length; at += batchClaims)
    skus.push(...(await claimCodes(tx, claims.slice(at, at + batchClaims))).map(({ sku }) => sku));
  return skus;
}
