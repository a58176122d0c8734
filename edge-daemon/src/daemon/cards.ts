import type { Basket, Decision, ProductCard, Sku, TrayState } from "@tillsight/contracts";
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
  tray.items.flatMap((item) => skusOfDecision(item.decision));

export const skusOfBasket = (basket: Basket): Sku[] =>
  basket.lines.flatMap((line) => [...(line.sku ? [line.sku] : []), ...line.candidates.map((c) => c.sku)]);

/** Cards of the products that are still in the catalog, each once. */
export function cardsOf(skus: readonly Sku[], catalog: Pick<CatalogReader, "product">): ProductCard[] {
  return [...new Set(skus)].flatMap((sku) => {
    const product = catalog.product(sku);
    return product ? [{ sku, name: product.name, price: product.price, unit: product.unit }] : [];
  });
}
