import { Product, type Sku } from "@tillsight/contracts";
import type { LaneRow } from "@tillsight/sync-protocol";
import { createRandom, type Random } from "../../virtual/random.js";

export const embedderId = "proof-embedder";

export const skuOf = (i: number): Sku => `SKU-${String(i).padStart(6, "0")}` as Sku;

/** A product with a price in cents that is easy to tell apart. */
export const productOf = (i: number, cents: number): Product =>
  Product.parse({
    ...{ sku: skuOf(i), name: `Article number ${i}`, unit: i % 7 === 0 ? "weight" : "each" },
    ...{ price: { minor: cents, currency: "EUR" }, taxRateBp: i % 3 === 0 ? 700 : 1900, gtins: [] },
    ...{
      plu: null,
      tareGrams: i % 7 === 0 ? 12 : 0,
      unitGrams: i % 3 === 0 ? 250 : null,
      unitToleranceGrams: i % 6 === 0 ? 5 : 0,
      minAge: null,
    },
  });

/** A unit vector of `size` numbers. */
export function vectorOf(random: Random, size: number): Float32Array {
  const raw = Float32Array.from({ length: size }, () => random.next() + random.next() + random.next() - 1.5);
  const length = Math.sqrt(raw.reduce((sum, x) => sum + x * x, 0));
  return raw.map((x) => x / length);
}

/** A catalog of `skus` products with `references` each, in the order of its keys; the same for one seed. */
export function* catalogRows(skus: number, references: number, size: number, seed = 1): Generator<LaneRow> {
  const random = createRandom(seed);
  for (let i = 0; i < skus; i++) yield { kind: "product", product: productOf(i, random.int(50, 9999)) };
  for (let i = 0; i < skus; i++)
    for (let k = 0; k < references; k++)
      yield {
        kind: "reference",
        reference: { id: `${skuOf(i)}-${k}`, sku: skuOf(i), embedderId, vector: vectorOf(random, size) },
      };
}
