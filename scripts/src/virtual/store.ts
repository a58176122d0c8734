import { Gtin, gtinCheckDigit, InvariantError, money, Plu, type Product, Sku } from "@tillsight/contracts";

/** A product of the demo store and what it looks like. */
export interface DemoProduct {
  readonly product: Product;
  /** Code point of its picture; see `artPath`. */
  readonly art: string;
  /** Longest side as the tray's camera sees it, pixels. */
  readonly size: number;
}

/** Reduced and full German VAT. */
const [FOOD, GOODS] = [700, 1900];

interface Extra {
  /** Serial number of our barcode; the GTIN is made of it. */
  readonly item?: number;
  readonly plu?: string;
  readonly byWeight?: boolean;
  readonly tareGrams?: number;
  readonly minAge?: number;
  readonly tax?: number;
}

// 952 is the GS1 prefix for demonstrations: no real product has such a number.
function demoGtin(item: number): Gtin {
  const digits = `9521234${String(item).padStart(5, "0")}`;
  return Gtin.parse(`${digits}${gtinCheckDigit(digits)}`);
}

function sell(
  sku: string,
  name: string,
  cents: number,
  art: string,
  size: number,
  extra: Extra = {},
): DemoProduct {
  const product: Product = {
    sku: Sku.parse(sku),
    name,
    unit: extra.byWeight ? "weight" : "each",
    price: money(cents, "EUR"),
    taxRateBp: extra.tax ?? FOOD,
    gtins: extra.item === undefined ? [] : [demoGtin(extra.item)],
    plu: extra.plu === undefined ? null : Plu.parse(extra.plu),
    tareGrams: extra.tareGrams ?? 0,
    unitGrams: null,
    unitToleranceGrams: 0,
    minAge: extra.minAge ?? null,
    names: {},
    prices: [],
    image: null,
  };
  return { product, art, size };
}

/**
 * What the demo store sells. Hard neighbours are in on purpose: two apples that differ in colour only, four
 * round yellow to orange fruits, four brown breads, two brown discs, cheese beside butter, can beside carton.
 */
export const demoStore: readonly DemoProduct[] = [
  // Produce; PLUs are those of the IFPS list.
  sell("apple-red", "Apple, red", 60, "1f34e", 130, { plu: "4016" }),
  sell("apple-green", "Apple, green", 60, "1f34f", 130, { plu: "4017" }),
  sell("pear", "Pear", 70, "1f350", 145, { plu: "4409" }),
  sell("tangerine", "Tangerine", 45, "1f34a", 125, { plu: "4055" }),
  sell("lemon", "Lemon", 50, "1f34b", 130, { plu: "4053" }),
  sell("mango", "Mango", 199, "1f96d", 150, { plu: "4959" }),
  sell("peach", "Peach", 80, "1f351", 130, { plu: "4038" }),
  sell("bananas", "Bananas", 179, "1f34c", 185, { plu: "4011", byWeight: true }),
  sell("grapes", "Grapes, blue", 399, "1f347", 165, { plu: "4056", byWeight: true, tareGrams: 8 }),
  sell("avocado", "Avocado", 149, "1f951", 145, { plu: "4225" }),
  sell("kiwi", "Kiwi", 55, "1f95d", 120, { plu: "4030" }),
  sell("tomato", "Tomato", 65, "1f345", 120, { plu: "4064" }),
  sell("cucumber", "Cucumber", 99, "1f952", 190, { plu: "4062" }),
  sell("carrot", "Carrot", 35, "1f955", 170, { plu: "4562" }),
  sell("pepper-green", "Pepper, green", 95, "1fad1", 140, { plu: "4065" }),
  sell("broccoli", "Broccoli", 169, "1f966", 165, { plu: "4060" }),
  sell("onion", "Onion", 30, "1f9c5", 125, { plu: "4093" }),
  sell("garlic", "Garlic", 59, "1f9c4", 115, { plu: "4608" }),
  sell("potato", "Potato", 40, "1f954", 130, { plu: "4072" }),
  // The bakery's counter has no barcodes: what this lane is for.
  sell("croissant", "Butter croissant", 145, "1f950", 160),
  sell("baguette", "Baguette", 189, "1f956", 205),
  sell("loaf", "Wheat loaf", 279, "1f35e", 175),
  sell("pretzel", "Pretzel", 95, "1f968", 155),
  sell("doughnut", "Chocolate doughnut", 169, "1f369", 140),
  sell("cookie", "Chocolate chip cookie", 129, "1f36a", 130),
  sell("cupcake", "Cupcake, raspberry", 249, "1f9c1", 140),
  sell("sandwich", "Ham sandwich", 429, "1f96a", 165, { item: 101 }),
  // Packaged goods.
  sell("juice-apple", "Apple juice 0.2 l", 119, "1f9c3", 150, { item: 201, tax: GOODS }),
  sell("soft-drink", "Cola, cup 0.4 l", 279, "1f964", 165, { tax: GOODS }),
  sell("bubble-tea", "Bubble tea", 499, "1f9cb", 165, { tax: GOODS }),
  sell("tomatoes-can", "Chopped tomatoes 400 g", 99, "1f96b", 150, { item: 202 }),
  sell("chocolate", "Milk chocolate 100 g", 149, "1f36b", 165, { item: 203 }),
  sell("cheese", "Emmental, piece", 349, "1f9c0", 150, { item: 204 }),
  sell("butter", "Butter 250 g", 239, "1f9c8", 150, { item: 205 }),
  sell("beer", "Beer 0.5 l", 390, "1f37a", 165, { tax: GOODS, minAge: 16 }),
  sell("sparkling-wine", "Sparkling wine 0.75 l", 899, "1f37e", 215, { item: 206, tax: GOODS, minAge: 18 }),
  sell("hand-soap", "Hand soap 250 ml", 199, "1f9f4", 170, { item: 301, tax: GOODS }),
  sell("toothbrush", "Toothbrush", 249, "1faa5", 190, { item: 302, tax: GOODS }),
  sell("toilet-paper", "Toilet paper, roll", 89, "1f9fb", 145, { item: 303, tax: GOODS }),
  sell("battery", "Battery, D cell", 329, "1f50b", 125, { item: 304, tax: GOODS }),
];

/** What a newcomer enrols: no store of the demo sells it until somebody does. */
export const newcomersMug = sell("MUG-1", "My mug", 499, "2615", 150, { tax: GOODS });

const bySku = new Map<string, DemoProduct>(
  [...demoStore, newcomersMug].map((entry) => [entry.product.sku, entry]),
);

/** @throws InvariantError when the demo store does not sell it. */
export function demoProduct(sku: string): DemoProduct {
  const found = bySku.get(sku);
  if (!found) throw new InvariantError(`the demo store does not sell ${sku}`);
  return found;
}
