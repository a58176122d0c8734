import {
  type Candidate,
  type Decision,
  type LineItem,
  type Product,
  priceAt,
  type Sku,
} from "@tillsight/contracts";
import type { FrozenProduct } from "./events.js";

/** What a decision says once the catalog has been asked: one product, or the products to choose from. */
export interface Evidence {
  readonly product: FrozenProduct | null;
  readonly source: LineItem["source"];
  readonly candidates: readonly Candidate[];
}

/** Score of a candidate that came without one (a barcode, an earlier decision). */
const NO_SCORE = 0;

/** The product at the price that holds at `at`, milliseconds since 1970. */
export function freezeProduct(product: Product, at: number): FrozenProduct {
  return {
    sku: product.sku,
    name: product.name,
    unit: product.unit,
    unitPrice: priceAt(product, at),
    taxRateBp: product.taxRateBp,
    tareGrams: product.tareGrams,
    minAge: product.minAge,
    gtin: product.gtins[0] ?? null,
    plu: product.plu,
  };
}

export const unscored = (sku: Sku): Candidate => ({ sku, score: NO_SCORE });

/** What the decision suggests, before the catalog is asked. */
function suggestions(decision: Decision): readonly Candidate[] {
  switch (decision.kind) {
    case "matched":
      return [{ sku: decision.sku, score: decision.score }];
    case "ambiguous":
      return decision.candidates;
    case "conflict":
      return [unscored(decision.barcodeSku), unscored(decision.pictureSku)];
    case "unknown":
      return decision.best;
  }
}

/**
 * Evidence of a decision, with the products that this lane does not sell left out. An `unknown` item keeps at
 * most one suggestion: two would be a choice, and recognition has just said that it is none of them for sure.
 * Prices are those of `at`, milliseconds since 1970.
 */
export function evidenceOf(
  decision: Decision,
  sellable: (sku: Sku) => Product | undefined,
  at: number,
): Evidence {
  if (decision.kind === "matched") {
    const product = sellable(decision.sku);
    return { product: product ? freezeProduct(product, at) : null, source: decision.by, candidates: [] };
  }
  const seen = new Set<string>();
  const known = suggestions(decision).filter(({ sku }) => {
    const fresh = !seen.has(sku) && sellable(sku) !== undefined;
    seen.add(sku);
    return fresh;
  });
  return {
    product: null,
    source: "picture",
    candidates: known.slice(0, decision.kind === "unknown" ? 1 : 4),
  };
}
