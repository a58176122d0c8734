import type { Money, Product, ProductNames, TimedPrice } from "@tillsight/contracts";
import type { Override } from "./override.js";

/** What is wrong with one field of one record. */
export interface FieldError {
  /** Path such as `prices.0.price`; empty for the whole record. */
  readonly field: string;
  readonly message: string;
}

const instant = (iso: string) => new Date(iso).toISOString();

function canonicalNames(names: ProductNames): ProductNames {
  const entries = Object.entries(names).map(([tag, name]) => [Intl.getCanonicalLocales(tag)[0] ?? tag, name]);
  return Object.fromEntries(entries.sort(([a = ""], [b = ""]) => (a < b ? -1 : 1)));
}

const canonicalPrices = (prices: readonly TimedPrice[]): TimedPrice[] =>
  prices.map(({ price, validFrom, validUntil }) => ({
    price,
    validFrom: instant(validFrom),
    validUntil: validUntil === null ? null : instant(validUntil),
  }));

/** One way to write the same product, so that writing it again changes nothing. */
export const canonicalProduct = (product: Product): Product => ({
  ...product,
  names: canonicalNames(product.names),
  prices: canonicalPrices(product.prices),
  gtins: [...new Set(product.gtins)],
});

export const canonicalOverride = (override: Override): Override => ({
  ...override,
  names: canonicalNames(override.names),
  prices: canonicalPrices(override.prices),
});

/** Rules over several fields, which the schema of each cannot hold. */
export function priceErrors(price: Money | null, prices: readonly TimedPrice[]): FieldError[] {
  const all = [
    ...(price === null ? [] : [{ field: "price", price }]),
    ...prices.map((timed, i) => ({ field: `prices.${i}.price`, price: timed.price })),
  ];
  const currency = all[0]?.price.currency;
  return all.flatMap(({ field, price: { minor, currency: own } }) => [
    ...(minor < 0 ? [{ field, message: "the price is negative" }] : []),
    ...(own === currency ? [] : [{ field, message: `the prices are in ${currency} and ${own}` }]),
  ]);
}

/** Keys under which a product may be scanned or typed: GTINs of any length are one number, PLUs another. */
export function codesOf(product: Pick<Product, "gtins" | "plu">): string[] {
  const codes = new Set(product.gtins.map((gtin) => `g${gtin.padStart(14, "0")}`));
  if (product.plu !== null) codes.add(`p${product.plu.replace(/^0+/, "")}`);
  return [...codes].sort();
}

/** The key that typed or scanned digits stand for. */
export const codeOf = (digits: string): string | undefined =>
  /^\d{8,14}$/.test(digits)
    ? `g${digits.padStart(14, "0")}`
    : /^\d{4,5}$/.test(digits)
      ? `p${digits.replace(/^0+/, "")}`
      : undefined;
