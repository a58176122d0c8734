import { money, type Sku, TillMessage } from "@tillsight/contracts";
import { expect, test } from "vitest";
import type { ExpectedLine } from "../virtual/script.js";
import { demoProduct } from "../virtual/store.js";
import { compare, expectedPieces, isSame, soldIn } from "./compare.js";

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const sale = uuid(900);
const line = (sku: string, quantity = 1, grossGrams: number | null = null): ExpectedLine => ({
  sku: sku as Sku,
  quantity,
  grossGrams,
});

/** A till log: `pear`, `pear*2`, `grapes@500` (net grams), `-1` voids line 1, `=123` is a total. */
function log(words: string, of = sale): TillMessage[] {
  return words.split(" ").map((word, i) => {
    const common = { messageId: uuid(100 + i), transactionId: of };
    if (word.startsWith("-"))
      return TillMessage.parse({ kind: "void", ...common, lineItemId: uuid(Number(word.slice(1))) });
    if (word.startsWith("="))
      return TillMessage.parse({
        kind: "total",
        ...common,
        lines: 1,
        total: money(Number(word.slice(1)), "EUR"),
      });
    const [, sku = "", quantity = "1", grams] = /^([a-z-]+)(?:\*(\d+))?(?:@(\d+))?$/.exec(word) ?? [];
    const { product } = demoProduct(sku);
    const each = grams ? Math.round((product.price.minor * Number(grams)) / 1000) : product.price.minor;
    return TillMessage.parse({
      ...{ kind: "item", ...common, lineItemId: uuid(i + 1), sku, gtin: null, plu: null },
      ...{ description: product.name, quantity: Number(quantity ?? 1), grams: grams ? Number(grams) : null },
      ...{ unitPrice: product.price, total: money(each * Number(quantity ?? 1), "EUR") },
      taxRateBp: product.taxRateBp,
    });
  });
}

const cases: [
  name: string,
  expected: ExpectedLine[],
  till: string,
  missing: string,
  extra: string,
  total: boolean,
][] = [
  ["the same lines in another order", [line("pear"), line("kiwi")], "kiwi pear =125", "", "", true],
  ["two pieces told one by one", [line("pear", 2)], "pear pear =140", "", "", true],
  ["two pieces told as a quantity", [line("pear", 2)], "pear*2 =140", "", "", true],
  ["weighed goods less their packaging", [line("grapes", 1, 508)], "grapes@500 =200", "", "", true],
  ["a wrong weight", [line("grapes", 1, 508)], "grapes@508 =203", "grapes", "grapes", false],
  ["a voided line does not count", [line("pear")], "pear kiwi -2 =70", "", "", true],
  ["sold as something else", [line("pear"), line("kiwi")], "pear lemon =120", "kiwi", "lemon", false],
  ["one piece missed", [line("pear", 3)], "pear*2 =140", "pear", "", false],
  ["one piece too many", [line("pear")], "pear pear =140", "", "pear", false],
  ["all lines right but the total is not", [line("pear")], "pear =71", "", "", false],
  ["no total came", [line("pear")], "pear", "", "", false],
];

test.each(cases)("%s", (_name, expected, till, missing, extra, totalRight) => {
  const other = log("butter =239", uuid(901));
  const difference = compare(expectedPieces(expected), soldIn([...other, ...log(till)], sale));
  const skus = (pieces: readonly { sku: string }[]): string => pieces.map(({ sku }) => sku).join(" ");
  expect([skus(difference.missing), skus(difference.extra), difference.totalRight]).toEqual([
    missing,
    extra,
    totalRight,
  ]);
  expect(isSame(difference)).toBe(missing === "" && extra === "" && totalRight);
});

test("a price that differs from the store's list is a difference", () => {
  const [item, total] = log("pear =70");
  if (item?.kind !== "item" || !total) throw new TypeError("not an item");
  const dearer = { ...item, total: money(75, "EUR"), unitPrice: money(75, "EUR") };
  expect(compare(expectedPieces([line("pear")]), soldIn([dearer, total], sale)).extra).toMatchObject([
    { minor: 75 },
  ]);
});

test("a sale that the till never heard of is missing whole", () => {
  expect(compare(expectedPieces([line("pear", 2)]), soldIn(log("kiwi =55"), null)).missing).toHaveLength(2);
});
