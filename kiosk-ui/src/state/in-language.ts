import type { ProductCard } from "@tillsight/contracts";
import type { Locale } from "../i18n/index.js";
import type { UiState } from "./ui-state.js";

type Named = Pick<ProductCard, "name" | "names">;

/** What a product is called in a language: also where only a region's name is known, such as that of `de-AT`. */
export function nameIn({ names }: Pick<Named, "names">, locale: Locale): string | undefined {
  const regional = Object.keys(names).find((tag) => tag.toLowerCase().split("-")[0] === locale);
  return names[locale] ?? (regional === undefined ? undefined : names[regional]);
}

export const inLanguage = <T extends Named>(product: T, locale: Locale): T => ({
  ...product,
  name: nameIn(product, locale) ?? product.name,
});

/**
 * The state as it is shown: products bear their names in the page's language where the catalog has them. The till
 * and its receipt keep the store's own.
 */
export function shownState(state: UiState): UiState {
  const { view, cards, locale } = state;
  const nameOf = (sku: string | null) => {
    const card = sku === null ? undefined : cards[sku];
    return card && nameIn(card, locale);
  };
  return {
    ...state,
    cards: Object.fromEntries(Object.entries(cards).map(([sku, card]) => [sku, inLanguage(card, locale)])),
    view: view && {
      ...view,
      basket: {
        ...view.basket,
        lines: view.basket.lines.map((line) => ({ ...line, name: nameOf(line.sku) ?? line.name })),
      },
    },
  };
}
