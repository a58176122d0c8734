import type { Sku } from "@tillsight/contracts";
import type { Embedder } from "@tillsight/models";
import type { DecisionRule } from "../domain/recognition/decide.js";
import type { Prices } from "../domain/recognition/prices.js";
import { addFrame, type Evidence } from "../domain/recognition/votes.js";
import type { UnitWeight } from "../domain/recognition/weight.js";
import type { CatalogReader, Neighbour } from "../ports/catalog.js";

/** References asked for each item, and how many when those are all of a few products with many references. */
const NEAREST = 16;
const NEAREST_OF_MANY = 64;
/** Products that are compared: as many as are ever shown, and the one behind them. */
const PRODUCTS = 5;

/** Some references of each look-alike, so that the margin between them is seen. */
export function nearReferences(vector: Float32Array, catalog: Pick<CatalogReader, "nearest">): Neighbour[] {
  const near = catalog.nearest(vector, NEAREST);
  const products = new Set(near.map(({ sku }) => sku)).size;
  if (near.length < NEAREST || products >= PRODUCTS) return near;
  return catalog.nearest(vector, NEAREST_OF_MANY);
}

/** What these dependencies decide by. */
export function decisionRule(deps: {
  readonly embedder: Pick<Embedder, "thresholds" | "calibration">;
  readonly prices?: Prices | undefined;
}): DecisionRule {
  const { thresholds, calibration } = deps.embedder;
  return { ...thresholds, calibration, prices: deps.prices };
}

/** One frame more of an item. Without a calibration nobody asks what its products' references say. */
export function withFrame(
  evidence: Evidence,
  near: readonly Neighbour[],
  deps: { readonly catalog: CatalogReader; readonly embedder: Pick<Embedder, "calibration"> },
): Evidence {
  if (!deps.embedder.calibration) return addFrame(evidence, near);
  return addFrame(evidence, near, (sku) => deps.catalog.surroundings(sku));
}

/** What one piece weighs, of products that are sold by the piece and of which it is known. */
export const unitWeights =
  (catalog: Pick<CatalogReader, "product">) =>
  (sku: Sku): UnitWeight | null => {
    const product = catalog.product(sku);
    if (product?.unit !== "each" || product.unitGrams === null) return null;
    return { grams: product.unitGrams, tolerance: product.unitToleranceGrams };
  };
