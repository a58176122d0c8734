import { LaneView, type LineItem, money, type ProductCard, type Sku } from "@tillsight/contracts";
import { describe, expect, it } from "vitest";
import type { Locale } from "../i18n/index.js";
import { inLanguage, shownState } from "./in-language.js";
import { firstState, type UiState } from "./ui-state.js";

const card = (names: ProductCard["names"]): ProductCard => ({
  ...{ sku: "apple" as Sku, name: "Apple", names, unit: "each", price: money(69, "EUR") },
});

describe("a product's name", () => {
  const cases: [situation: string, names: ProductCard["names"], locale: Locale, want: string][] = [
    ["in the page's language", { de: "Apfel", fr: "Pomme" }, "de", "Apfel"],
    ["of a region, when there is no other", { "de-AT": "Apferl" }, "de", "Apferl"],
    ["of the language before that of a region", { "de-AT": "Apferl", de: "Apfel" }, "de", "Apfel"],
    ["as the store has it, when the language is missing", { fr: "Pomme" }, "de", "Apple"],
    ["as the store has it, when there is no other", {}, "en", "Apple"],
  ];
  it.each(cases)("%s", (_, names, locale, want) => {
    expect(inLanguage(card(names), locale).name).toBe(want);
  });
});

describe("the page", () => {
  const line = (sku: string | null, name: string) => ({ sku, name }) as LineItem;
  const state = (locale: Locale): UiState => ({
    ...firstState(locale),
    cards: { apple: card({ de: "Apfel" }) },
    view: {
      basket: { lines: [line("apple", "Apple"), line(null, "Unidentified item"), line("gone", "Old thing")] },
    } as unknown as LaneView,
  });
  const names = (shown: UiState) => [
    ...(shown.view?.basket.lines ?? []).map(({ name }) => name),
    shown.cards.apple?.name,
  ];

  it("names lines and offers in its language, and leaves alone what the catalog does not know", () => {
    expect(names(shownState(state("de")))).toEqual(["Apfel", "Unidentified item", "Old thing", "Apfel"]);
    expect(names(shownState(state("en")))).toEqual(["Apple", "Unidentified item", "Old thing", "Apple"]);
  });

  it("that has heard nothing yet has nothing to name", () => {
    expect(shownState(firstState("de")).view).toBeNull();
  });

  it("takes a card of a lane that knows no languages", () => {
    const { names: _, ...old } = card({});
    expect(LaneView.shape.cards.parse([old])).toEqual([card({})]);
  });
});
