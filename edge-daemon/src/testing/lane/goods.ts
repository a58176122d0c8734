import {
  type Candidate,
  type LineItem,
  type LineItemId,
  money,
  Product,
  type ProductCard,
  type Sku,
} from "@tillsight/contracts";

interface Good {
  name: string;
  names?: Readonly<Record<string, string>>;
  minor: number;
  colour: string;
  weight?: boolean;
  minAge?: number;
}

/** What the scripted lane sells; the colour is what its tray shows. */
export const goods: Readonly<Record<string, Good>> = {
  apple: { name: "Apple Braeburn", names: { de: "Apfel Braeburn" }, minor: 69, colour: "#c0392b" },
  banana: { name: "Banana", minor: 35, colour: "#f0c419", weight: true },
  croissant: { name: "Butter croissant", names: { de: "Buttercroissant" }, minor: 145, colour: "#c98b45" },
  pretzel: { name: "Pretzel", minor: 110, colour: "#8a5a2b" },
  cola: { name: "Cola 0.33 l", minor: 199, colour: "#7a1d1d" },
  water: { name: "Still water 0.5 l", minor: 95, colour: "#6fb1d6" },
  wine: { name: "Riesling 0.75 l", minor: 899, colour: "#9fb36b", minAge: 16 },
  granola: {
    name: "Organic wholegrain granola with roasted hazelnuts, dried cranberries and a hint of bourbon vanilla, 450 g",
    minor: 649,
    colour: "#b98c5a",
  },
  donaudampf: {
    name: "Donaudampfschifffahrtskapitänsjubiläumspralinen",
    minor: 1299,
    colour: "#5b3b2e",
  },
};

export const priceOf = (key: string, currency: string) => money(goods[key]?.minor ?? 0, currency);

export function productOf(key: string, currency: string): Product {
  const good = goods[key];
  return Product.parse({
    sku: key,
    name: good?.name ?? key,
    names: good?.names ?? {},
    unit: good?.weight ? "weight" : "each",
    price: priceOf(key, currency),
    taxRateBp: 700,
    gtins: [],
    plu: null,
    tareGrams: 0,
    unitGrams: null,
    unitToleranceGrams: 0,
    minAge: good?.minAge ?? null,
  });
}

export function cardOf(key: string, currency: string): ProductCard {
  const { sku, name, names, unit, price } = productOf(key, currency);
  return { sku, name, names, unit, price };
}

/** Ids that stay the same from run to run: 00000000-0000-4000-8000-00000000000N. */
export const numberedId = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

export const candidatesOf = (keys: readonly string[]): Candidate[] =>
  keys.map((key, i) => ({ sku: key as Sku, score: 0.82 - i * 0.03 }));

/** A line that follows tray item `trayItemId`, of a product, or of candidates to choose from, or of nothing. */
export function lineOf(
  n: number,
  currency: string,
  of: { sku: string } | { candidates: string[] },
  extra: Partial<LineItem> = {},
): LineItem {
  const known = "sku" in of ? goods[of.sku] : undefined;
  const price = "sku" in of ? priceOf(of.sku, currency) : money(0, currency);
  const candidates = "candidates" in of ? candidatesOf(of.candidates) : [];
  const open = candidates.length > 1 ? "choice" : "identification";
  const need = !known ? open : known.weight ? "weight" : known.minAge ? "ageApproval" : "none";
  return {
    id: numberedId(n) as LineItemId,
    trayItemId: `t${n}`,
    sku: "sku" in of ? (of.sku as Sku) : null,
    name: known?.name ?? "Unidentified item",
    unit: known?.weight ? "weight" : "each",
    quantity: 1,
    grams: null,
    unitPrice: price,
    taxRateBp: 700,
    total: known?.weight ? money(0, currency) : price,
    source: "picture",
    need,
    candidates,
    minAge: known?.minAge ?? null,
    till: "none",
    ...extra,
  };
}
