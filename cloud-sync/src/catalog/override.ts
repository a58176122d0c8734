import { Money, type Product, ProductNames, TimedPrices } from "@tillsight/contracts";
import { z } from "zod";

/** What one store does otherwise than the chain; what is left out is as in the chain. */
export const Override = z.strictObject({
  /** False: this store does not sell it, and its lanes do not know it. */
  available: z.boolean().default(true),
  name: z.string().min(1).max(120).nullable().default(null),
  names: ProductNames.default({}),
  price: Money.nullable().default(null),
  /** A store that sets `price` or `prices` answers for the price altogether: the chain's timed prices end there. */
  prices: TimedPrices.default([]),
});
export type Override = z.infer<typeof Override>;

/** The product as one store sells it, or null when it does not. */
export function resolve(product: Product, override: Override | null): Product | null {
  if (override === null) return product;
  if (!override.available) return null;
  const ownPrice = override.price !== null || override.prices.length > 0;
  return {
    ...product,
    name: override.name ?? product.name,
    names: { ...product.names, ...override.names },
    price: override.price ?? product.price,
    prices: ownPrice ? override.prices : product.prices,
  };
}

/** Says nothing that the chain does not say. */
export const isEmpty = (override: Override): boolean =>
  override.available &&
  override.name === null &&
  override.price === null &&
  override.prices.length === 0 &&
  Object.keys(override.names).length === 0;
