import { Product } from "@tillsight/contracts";
import { describe, expect, it } from "vitest";
import type { Heads, ProductDetail, Terminal } from "../api/schemas.js";
import { amountOf, amountText, percentText } from "./amount.js";
import { readPriceList } from "./price-list.js";
import { arrivalAt, effective, importText, planPrices } from "./price-plan.js";
import { scaled } from "./scale-price.js";

const eur = (minor: number) => ({ minor, currency: "EUR" });
const product = (sku: string, minor: number, extra: object = {}): Product =>
  Product.parse({
    ...{ sku, name: sku, unit: "each", price: eur(minor), taxRateBp: 700 },
    ...{ gtins: [], plu: null, tareGrams: 0, unitGrams: null, unitToleranceGrams: 0, minAge: null },
    ...extra,
  });
const detail = (sku: string, minor: number, overrides: ProductDetail["overrides"] = {}): ProductDetail => ({
  ...{ key: sku, product: product(sku, minor), lsn: 1, changedAt: null, changedBy: null },
  ...{ references: 0, picture: null, overrides },
});
const own = (minor: number | null) => ({
  ...{ available: true, name: null, names: {}, prices: [] },
  price: minor === null ? null : eur(minor),
});
const now = Date.parse("2026-06-01T12:00:00Z");

describe("an amount that a person types", () => {
  const cases: [situation: string, text: string, currency: string, want: number | null][] = [
    ["with a point", "1.49", "EUR", 149],
    ["with a comma", "1,49", "EUR", 149],
    ["with a sign and a blank", "€ 1,49", "EUR", 149],
    ["without decimals", "3", "EUR", 300],
    ["of a currency without decimals", "120", "JPY", 120],
    ["that is no amount", "cheap", "EUR", null],
    ["with a separator of thousands, which may be meant either way", "1,234", "EUR", null],
    ["less than nothing", "-1", "EUR", null],
    ["not there", "", "EUR", null],
  ];
  it.each(cases)("%s", (_, text, currency, want) => {
    expect(amountOf(text, currency)?.minor ?? null).toBe(want);
  });

  it("is shown as it would be typed in the page's language", () => {
    expect([amountText(eur(149), "en"), amountText(eur(149), "de")]).toEqual(["1.49", "1,49"]);
    expect(percentText(-12.34, "de")).toBe("-12,3 %");
  });

  it("changes by per cent to whole cents, never below nothing", () => {
    expect([scaled(eur(199), -10), scaled(eur(199), 2.5), scaled(eur(50), -200)]).toEqual([
      eur(179),
      eur(204),
      eur(0),
    ]);
  });
});

describe("a price list", () => {
  const want = [
    ["apple", "2,99"],
    ["4006381333931", "1,49"],
  ];
  const cases: [situation: string, text: string, want: string[][]][] = [
    ["pasted from a spreadsheet", "apple\t2,99\n4006381333931\t1,49", want],
    ["with semicolons and names of its columns", "Name;EAN;Preis\nx;apple;2,99\ny;4006381333931;1,49", want],
    [
      "with commas, quotes and Windows' line ends",
      'sku,price\r\napple,"2,99"\r\n4006381333931,"1,49"\r\n',
      want,
    ],
    ["with blank lines and a byte order mark", "\ufeffapple\t2,99\n\n\n4006381333931\t1,49\n", want],
    ["with blanks between", "apple 2.99", [["apple", "2.99"]]],
    ["with more columns between", "apple\tBraeburn\tkg\t2,99", [["apple", "2,99"]]],
    ["that says nothing", "   ", []],
    ["with one column only", "apple\npear", []],
  ];
  it.each(cases)("%s", (_, text, lines) => {
    expect(readPriceList(text).lines.map(({ key, amount }) => [key, amount])).toEqual(lines);
  });

  it("says when its columns cannot be told", () => {
    expect(readPriceList("sku;stock\napple;3").unreadable).toBe(true);
  });
});

describe("a price change", () => {
  const details = new Map([
    ["apple", detail("apple", 200)],
    ["pear", detail("pear", 100, { north: own(120), south: own(null) })],
    ["ean", { ...detail("apple", 200), key: "ean" }],
  ]);
  const line = (key: string, amount: string, n = 1) => ({ line: n, key, amount });
  const plan = (lines: [string, string][], scope: string[] | null = null) =>
    planPrices(
      lines.map(([key, amount], i) => line(key, amount, i + 1)),
      details,
      scope,
      now,
    );

  it("tells before, after, per cent, and asks about more than half", () => {
    expect(plan([["apple", "1,80"]])[0]).toMatchObject({
      before: eur(200),
      after: eur(180),
      percent: -10,
      jump: false,
    });
    expect(plan([["apple", "3.01"]])[0]).toMatchObject({ jump: true });
    expect(plan([["apple", "3.00"]])[0]).toMatchObject({ jump: false });
  });

  it("leaves out what is unknown, no amount, the same, or named twice (also by its barcode)", () => {
    const lines = plan([
      ["kiwi", "1"],
      ["pear", "much"],
      ["apple", "1.50"],
      ["ean", "1.60"],
    ]);
    expect(lines.map(({ problem }) => problem)).toEqual(["unknown", "amount", null, "twice"]);
    expect(effective([...lines, ...plan([["pear", "1.00"]])]).map(({ key }) => key)).toEqual(["apple"]);
  });

  it("names the stores whose own price stays", () => {
    expect(plan([["pear", "2"]])[0]?.deaf).toEqual(["north"]);
    expect(plan([["pear", "2"]], ["north"])[0]).toMatchObject({ deaf: [], before: eur(120) });
  });

  it("is one record a product for the chain, and one a store otherwise", () => {
    const text = (scope: string[] | null, period: { from: string; until: string | null } | null) =>
      importText(plan([["apple", "1.50"]], scope), scope, period)
        .trim()
        .split("\n")
        .map((record) => JSON.parse(record));
    expect(text(null, null)).toEqual([{ sku: "apple", price: eur(150) }]);
    expect(text(["north", "south"], null)).toEqual([
      { store: "north", sku: "apple", price: eur(150) },
      { store: "south", sku: "apple", price: eur(150) },
    ]);
    const from = "2026-07-01T00:00:00.000Z";
    expect(text(null, { from, until: null })).toEqual([
      { sku: "apple", prices: [{ price: eur(150), validFrom: from, validUntil: null }] },
    ]);
  });

  const heads: Heads = { lsn: 9, stores: { north: { lsn: 7, scannedLsn: 9 } } };
  const lane = (lsn: number | null, presence: Terminal["presence"], store = "north") =>
    ({ store, presence, beat: lsn === null ? null : { lsn } }) as Terminal;
  const arrivals: [situation: string, terminal: Terminal, lsn: number, want: string][] = [
    [
      "it has what its store was told, though the LSN of another store's change is higher",
      lane(7, "online"),
      9,
      "has",
    ],
    ["it is live and a little behind", lane(6, "online"), 9, "waits"],
    ["its store has not been told yet", lane(7, "online"), 10, "waits"],
    ["it is away", lane(3, "offline"), 9, "away"],
    ["it was never heard of", lane(null, "never"), 9, "away"],
    ["nobody knows its store", lane(7, "online", "moon"), 9, "waits"],
  ];
  it.each(arrivals)("has arrived at a lane or not: %s", (_, terminal, lsn, want) => {
    expect(arrivalAt(terminal, lsn, heads)).toBe(want);
  });
});
