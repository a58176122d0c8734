import { type CatalogDelta, Product } from "@tillsight/contracts";
import fc from "fast-check";
import type { PublicKey, SigningKey } from "./keys.js";
import type { LaneRow } from "./row.js";
import { Trust } from "./trust.js";
import { dequantise, quantise } from "./vector.js";

export const embedderId = "test-embedder";

const sku = fc.stringMatching(/^[A-Za-z0-9._-]{1,32}$/);
const instant = fc.date({ min: new Date(0), max: new Date("2200-01-01"), noInvalidDate: true });
const price = fc.record({ minor: fc.maxSafeInteger(), currency: fc.constantFrom("EUR", "USD", "JPY") });

/** Any product that the schema lets through. */
export const products: fc.Arbitrary<Product> = fc
  .record({
    sku,
    name: fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }),
    names: fc.dictionary(
      fc.stringMatching(/^[a-z]{2}(-[A-Z]{2})?$/),
      fc.string({ minLength: 1, maxLength: 20 }),
    ),
    unit: fc.constantFrom("each", "weight"),
    price,
    starts: fc.uniqueArray(instant, { maxLength: 4, selector: (at) => at.getTime() }),
    taxRateBp: fc.integer({ min: 0, max: 10_000 }),
    gtins: fc.subarray(["4006381333931", "96385074", "00012345600012", "012345678905"]),
    plu: fc.option(fc.stringMatching(/^\d{4,5}$/)),
    unitGrams: fc.option(fc.integer({ min: 1, max: 50_000 })),
    unitToleranceGrams: fc.integer({ min: 0, max: 10_000 }),
    tareGrams: fc.integer({ min: 0, max: 20_000 }),
    minAge: fc.option(fc.integer({ min: 1, max: 99 })),
    image: fc.option(fc.stringMatching(/^[a-z0-9][a-z0-9._/-]{0,20}$/)),
  })
  .map(({ starts, ...fields }) =>
    Product.parse({
      ...fields,
      prices: starts
        .sort((a, b) => a.getTime() - b.getTime())
        .map((at) => ({ price: fields.price, validFrom: at.toISOString(), validUntil: null })),
    }),
  );

/** Unit vectors as both sides compute with them. */
export const vectors = (size: number): fc.Arbitrary<Float32Array> =>
  fc
    .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: size, maxLength: size })
    .filter((numbers) => numbers.some((x) => Math.abs(x) > 1e-6))
    .map((numbers) => dequantise(quantise(numbers)));

export const rows: fc.Arbitrary<LaneRow> = fc.oneof(
  products.map((product): LaneRow => ({ kind: "product", product })),
  fc.tuple(fc.string({ minLength: 1, maxLength: 64 }), products, vectors(16)).map(
    ([id, product, vector]): LaneRow => ({
      kind: "reference",
      reference: { id, sku: product.sku, embedderId, vector },
    }),
  ),
);

export const trusting = (...keys: (SigningKey | PublicKey)[]): Trust =>
  new Trust(keys.map((key) => ("publicKey" in key ? key.publicKey : key)));

export const delta = (fields: Partial<CatalogDelta> = {}): CatalogDelta => ({
  ...{ epoch: 1, fromLsn: 4, toLsn: 9, preHash: new Uint8Array(32), postHash: new Uint8Array(32).fill(7) },
  ...{ embedderId, cutAt: 1_700_000_000_000, rows: [new Uint8Array([1, 2, 3]), "p:gone"] },
  ...fields,
});
