import type { Product } from "@tillsight/contracts";

/** Lower case without accents, so that "apfel" finds "Äpfel", in either engine and whatever its locale. */
export const fold = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** What products are ordered by for people. */
export const namesKey = (product: Pick<Product, "name">): string => fold(product.name);

/** All that a search looks through: the name first, so that a search for its beginning can be told. */
export const searchText = (product: Product): string =>
  fold(
    [
      ...[product.name, ...Object.values(product.names), product.sku, ...product.gtins],
      ...(product.plu === null ? [] : [product.plu]),
    ].join(" "),
  );

/** The words of texts, in order, each once: what a misspelt word may have been meant to be. */
export const vocabularyOf = (texts: readonly string[]): string[] =>
  [...new Set(texts.flatMap((text) => text.match(/\p{L}{4,}/gu) ?? []))].sort();

/** `%` and `_` taken literally. */
export const likeLiteral = (text: string): string => text.replace(/[\\%_]/g, "\\$&");
