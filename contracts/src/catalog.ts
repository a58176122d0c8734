import { z } from "zod";
import { Gtin, Plu, Sku } from "./ids.js";
import { Money } from "./money.js";

export const SaleUnit = z.enum(["each", "weight"]);

/** Names in other languages, under BCP 47 tags such as `de` or `pt-BR`. */
export const ProductNames = z.record(
  z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, "a language tag such as de or pt-BR"),
  z.string().min(1).max(120),
);
export type ProductNames = z.infer<typeof ProductNames>;

/** A temporary or future price: it holds from `validFrom` until just before `validUntil`, or for good when that is null. */
export const TimedPrice = z
  .strictObject({ price: Money, validFrom: z.iso.datetime(), validUntil: z.iso.datetime().nullable() })
  .refine((p) => p.validUntil === null || Date.parse(p.validUntil) > Date.parse(p.validFrom), {
    path: ["validUntil"],
    message: "a price must end after it begins",
  });
export type TimedPrice = z.infer<typeof TimedPrice>;

/** Timed prices of one product, the earliest start first; no two start at once. */
export const TimedPrices = z
  .array(TimedPrice)
  .max(64)
  .refine((list) => list.every((p, i) => i === 0 || startOf(p) > startOf(list[i - 1] as TimedPrice)), {
    message: "timed prices are listed by their start, and no two start at once",
  });

const startOf = (p: Pick<TimedPrice, "validFrom">) => Date.parse(p.validFrom);

/** Id of an object (a picture) in headquarters' object store. */
export const ObjectId = z.string().regex(/^[a-z0-9][a-z0-9._/-]{0,199}$/, "an object id");

/**
 * What a store sells. `price` is for one piece, or for one kilogram when `unit` is `weight`; it holds whenever
 * none of `prices` does (see `priceAt`).
 */
export const Product = z.strictObject({
  sku: Sku,
  name: z.string().min(1).max(120),
  names: ProductNames.default({}),
  unit: SaleUnit,
  price: Money,
  prices: TimedPrices.default([]),
  /** VAT or sales tax in basis points: 700 = 7 %. */
  taxRateBp: z.int().min(0).max(10_000),
  gtins: z.array(Gtin).max(16),
  plu: Plu.nullable(),
  /** Weight of the packaging that the scale must not charge, grams. */
  tareGrams: z.int().min(0).max(20_000),
  /** What one piece weighs with its packaging, grams; null where it is not known or differs. A scale's evidence. */
  unitGrams: z.int().min(1).max(50_000).nullable().default(null),
  /** Nearly every piece weighs so many grams more or less at most. */
  unitToleranceGrams: z.int().min(0).max(10_000).default(0),
  /** Age in years a shopper must have, or null. */
  minAge: z.int().min(1).max(99).nullable(),
  /** Shelf picture, or null. */
  image: ObjectId.nullable().default(null),
});
export type Product = z.infer<typeof Product>;

/**
 * The price that holds at an instant: of the timed prices that apply the one that began last, otherwise `price`.
 *
 * @param instant milliseconds since 1970.
 */
export function priceAt(product: Pick<Product, "price" | "prices">, instant: number): Money {
  const applies = (p: TimedPrice) =>
    startOf(p) <= instant && (p.validUntil === null || instant < Date.parse(p.validUntil));
  return product.prices.findLast(applies)?.price ?? product.price;
}

/** Embedding of one picture of a product: `vector` is L2-normalised, of the embedder's own length. */
export const Reference = z.strictObject({
  id: z.string().min(1).max(64),
  sku: Sku,
  /** Which network made the vector: vectors of two embedders never meet. */
  embedderId: z.string().min(1).max(64),
  vector: z.array(z.number()).min(8).max(4096),
});
export type Reference = z.infer<typeof Reference>;
