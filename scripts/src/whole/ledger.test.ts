import { Basket, TillMessage } from "@tillsight/contracts";
import { expect, it } from "vitest";
import { Ledger } from "./ledger.js";

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const eur = (minor: number) => ({ minor, currency: "EUR" });

const basket = (sale: number, status: Basket["status"], ...skus: string[]) =>
  Basket.parse({
    transactionId: uuid(sale),
    status,
    currency: "EUR",
    total: eur(100 * skus.length),
    helpWanted: false,
    lines: skus.map((sku, i) => ({
      ...{ id: uuid(1000 * sale + i), trayItemId: `t${i}`, sku, name: sku, unit: "each", quantity: 1 },
      ...{ grams: null, unitPrice: eur(100), taxRateBp: 700, total: eur(100), source: "picture" },
      ...{ need: "none", candidates: [], minAge: null, till: "none" },
    })),
  });

let made = 0;
const common = (sale: number) => ({ messageId: uuid(++made + 500_000), transactionId: uuid(sale) });
const item = (sale: number, line: number, sku: string) =>
  TillMessage.parse({
    ...{
      kind: "item",
      ...common(sale),
      lineItemId: uuid(1000 * sale + line),
      sku,
      description: sku,
      quantity: 1,
    },
    ...{ gtin: null, plu: null, grams: null, unitPrice: eur(100), total: eur(100), taxRateBp: 700 },
  });
const total = (sale: number, lines: number) =>
  TillMessage.parse({ kind: "total", ...common(sale), lines, total: eur(100 * lines) });

const cases: [situation: string, shown: Basket[], booked: TillMessage[], want: object][] = [
  [
    "everything arrived once",
    [basket(1, "shopping", "a"), basket(1, "paying", "a", "b"), basket(1, "done", "a", "b")],
    [item(1, 0, "a"), item(1, 1, "b"), total(1, 2)],
    { sales: 1, owed: 3, lost: 0, doubled: 0 },
  ],
  [
    "a piece is missing",
    [basket(1, "done", "a", "b")],
    [item(1, 0, "a"), total(1, 2)],
    { lost: 1, doubled: 0 },
  ],
  [
    "a piece came twice",
    [basket(1, "done", "a")],
    [item(1, 0, "a"), item(1, 0, "a"), total(1, 1)],
    { lost: 0, doubled: 1 },
  ],
  [
    "the total came twice",
    [basket(1, "done", "a")],
    [item(1, 0, "a"), total(1, 1), total(1, 1)],
    { doubled: 1 },
  ],
  [
    "another article came instead",
    [basket(1, "done", "a")],
    [item(1, 0, "b"), total(1, 1)],
    { lost: 1, doubled: 1 },
  ],
  ["the till has a sale that nobody saw", [], [item(2, 0, "a"), total(2, 1)], { lost: 0, doubled: 2 }],
  [
    "killed before the page heard that paying had begun",
    [basket(1, "shopping", "a")],
    [item(1, 0, "a"), total(1, 1)],
    { sales: 1, lost: 0, doubled: 0 },
  ],
  ["goods that were taken away again", [basket(1, "shopping", "a")], [], { sales: 0, lost: 0, doubled: 0 }],
];

it.each(cases)("compares till and kiosk: %s", (_situation, shown, booked, want) => {
  const ledger = new Ledger();
  for (const basketShown of shown) ledger.see(basketShown);
  expect(ledger.compare(booked)).toMatchObject(want);
});

const restarts: [situation: string, before: Basket, after: Basket, forgotten: number][] = [
  ["all lines are there", basket(1, "shopping", "a", "b"), basket(1, "shopping", "a", "b"), 0],
  ["a line is gone", basket(1, "shopping", "a", "b"), basket(1, "shopping", "a"), 1],
  ["a line is another article", basket(1, "shopping", "a"), basket(1, "shopping", "b"), 1],
  ["paying was forgotten", basket(1, "paying", "a"), basket(1, "shopping", "a"), 1],
  ["the sale is gone", basket(1, "shopping", "a", "b"), basket(2, "shopping"), 2],
  ["the sale ended in between", basket(1, "paying", "a"), basket(1, "done", "a"), 0],
];

it.each(restarts)("knows what a restart forgot: %s", (_situation, before, after, forgotten) => {
  const ledger = new Ledger();
  ledger.see(before);
  ledger.reopen(after);
  expect(ledger.forgotten).toBe(forgotten);
});
