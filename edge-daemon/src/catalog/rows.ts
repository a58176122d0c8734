import type { Product } from "@tillsight/contracts";

/** Who a record belongs to: headquarters, or this store alone. */
export type Origin = "hq" | "store";
export const origins: readonly Origin[] = ["hq", "store"];

export interface ProductRow {
  sku: string;
  name: string;
  unit: string;
  price_minor: number;
  currency: string;
  tax_rate_bp: number;
  gtins: string;
  plu: string | null;
  tare_grams: number;
  min_age: number | null;
  origin: Origin;
  names: string;
  prices: string;
  image: string | null;
  unit_grams: number | null;
  unit_tolerance_grams: number;
}

/** Lower case without accents, so that "apfel" finds "Äpfel": SQLite's LIKE folds ASCII only. */
export const fold = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** `text` anywhere (or, with an empty `before`, at the start), its own wildcards taken literally. */
export const likePattern = (text: string, before = "%"): string =>
  `${before}${text.replace(/[\\%_]/g, "\\$&")}%`;

export function toRow(product: Product, origin: Origin): Record<string, string | number | null> {
  return {
    sku: product.sku,
    name: product.name,
    folded: fold([product.name, ...Object.values(product.names), product.sku].join(" ")),
    unit: product.unit,
    priceMinor: product.price.minor,
    currency: product.price.currency,
    taxRateBp: product.taxRateBp,
    gtins: JSON.stringify(product.gtins),
    plu: product.plu,
    tareGrams: product.tareGrams,
    minAge: product.minAge,
    origin,
    names: JSON.stringify(product.names),
    prices: JSON.stringify(product.prices),
    image: product.image,
    unitGrams: product.unitGrams,
    unitToleranceGrams: product.unitToleranceGrams,
  };
}

export function toProduct(row: ProductRow): Product;
export function toProduct(row: ProductRow | undefined): Product | undefined;
export function toProduct(row: ProductRow | undefined): Product | undefined {
  if (!row) return undefined;
  // Checked when it was written; the cast only gives the brands back.
  return {
    sku: row.sku,
    name: row.name,
    unit: row.unit,
    price: { minor: row.price_minor, currency: row.currency },
    taxRateBp: row.tax_rate_bp,
    gtins: JSON.parse(row.gtins),
    plu: row.plu,
    tareGrams: row.tare_grams,
    minAge: row.min_age,
    names: JSON.parse(row.names),
    prices: JSON.parse(row.prices),
    image: row.image,
    unitGrams: row.unit_grams,
    unitToleranceGrams: row.unit_tolerance_grams,
  } as Product;
}
