import { z } from "zod";
import { Gtin, Lsn, Plu, Sku } from "./ids.js";
import { Money } from "./money.js";

export const SaleUnit = z.enum(["each", "weight"]);

/** What a store sells. `price` is for one piece, or for one kilogram when `unit` is `weight`. */
export const Product = z.strictObject({
  sku: Sku,
  name: z.string().min(1).max(120),
  unit: SaleUnit,
  price: Money,
  /** VAT or sales tax in basis points: 700 = 7 %. */
  taxRateBp: z.int().min(0).max(10_000),
  gtins: z.array(Gtin).max(16),
  plu: Plu.nullable(),
  /** Weight of the packaging that the scale must not charge, grams. */
  tareGrams: z.int().min(0).max(20_000),
  /** Age in years a shopper must have, or null. */
  minAge: z.int().min(1).max(99).nullable(),
});
export type Product = z.infer<typeof Product>;

/** Embedding of one picture of a product: `vector` is L2-normalised, of the embedder's own length. */
export const Reference = z.strictObject({
  id: z.string().min(1).max(64),
  sku: Sku,
  /** Which network made the vector: vectors of two embedders never meet. */
  embedderId: z.string().min(1).max(64),
  vector: z.array(z.number()).min(8).max(4096),
});
export type Reference = z.infer<typeof Reference>;

/** One step of the catalog's history; applying the same step twice changes nothing. */
export const CatalogChange = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("productUpserted"), lsn: Lsn, product: Product }),
  z.strictObject({ kind: z.literal("productRemoved"), lsn: Lsn, sku: Sku }),
  z.strictObject({ kind: z.literal("referenceUpserted"), lsn: Lsn, reference: Reference }),
  z.strictObject({ kind: z.literal("referenceRemoved"), lsn: Lsn, referenceId: z.string() }),
]);
export type CatalogChange = z.infer<typeof CatalogChange>;
