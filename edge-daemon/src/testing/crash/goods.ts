import type { Product, Sku } from "@tillsight/contracts";
import { gtinCheckDigit, Product as ProductSchema } from "@tillsight/contracts";

/** Ten articles that every till protocol can carry: each has its own GTIN-13. */
export const goods: ReadonlyMap<string, Product> = new Map(
  Array.from({ length: 10 }, (_, i): [string, Product] => {
    const digits = `40063813330${i}`.padEnd(12, "0");
    const sku = `article-${i}`;
    const product = ProductSchema.parse({
      sku,
      name: `Article ${i}`,
      unit: "each",
      price: { minor: 100 + 37 * i, currency: "EUR" },
      taxRateBp: 700,
      gtins: [digits + gtinCheckDigit(digits)],
      plu: null,
      tareGrams: 0,
      unitGrams: null,
      unitToleranceGrams: 0,
      minAge: null,
    });
    return [sku, product];
  }),
);

export const productOf = (sku: Sku): Product | undefined => goods.get(sku);
