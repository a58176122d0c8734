import {
  type Basket,
  type Decision,
  type Product,
  type ProductCard,
  priceAt,
  type Sku,
  type TrayState,
} from "@tillsight/contracts";
import type { CatalogReader } from "../ports/catalog.js";

function skusOfDecision(decision: Decision): Sku[] {
  switch (decision.kind) {
    case "matched":
      return [decision.sku];
    case "ambiguous":
      return decision.candidates.map((c) => c.sku);
    case "conflict":
      return [decision.barcodeSku, decision.pictureSku];
    case "unknown":
      return decision.best.map((c) => c.sku);
  }
}

export const skusOfTray = (tray: TrayState): Sku[] =>
  tray.items.flatMap(({ decision, why }) => [
    ...skusOfDecision(decision),
    ...[why?.first, why?.second].flatMap((one) => (one ? [one.sku] : [])),
  ]);

export const skusOfBasket = (basket: Basket): Sku[] =>
  basket.lines.flatMap((line) => [...(line.sku ? [line.sku] : []), ...line.candidates.map((c) => c.sku)]);

/** The product with the price that holds at `at` (milliseconds since 1970) as its price, for pages that show one. */
export const pricedAt = (product: Product, at: number): Product => ({
  ...product,
  price: priceAt(product, at),
});

/** Cards of the products that are still in the catalog, each once, at the prices of `at`. */
export function cardsOf(
  skus: readonly Sku[],
  catalog: Pick<CatalogReader, "product">,
  at: number,
): ProductCard[] {
  return [...new Set(skus)].flatMap((sku) => {
    const product = catalog.product(sku);
    if (!product) return [];
    const { name, names, unit } = product;
    return [{ sku, name, names, price: priceAt(product, at), unit }];
  });
}
