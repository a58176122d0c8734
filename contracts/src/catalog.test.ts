import { expect, test } from "vitest";
import { Product, priceAt, TimedPrices } from "./catalog.js";
import { money } from "./money.js";

const eur = (minor: number) => money(minor, "EUR");
const timed = (minor: number, validFrom: string, validUntil: string | null = null) => ({
  ...{ price: eur(minor), validFrom, validUntil },
});
const old = {
  ...{ sku: "milk", name: "Milk", unit: "each", price: eur(119), taxRateBp: 700, gtins: [], plu: null },
  ...{ tareGrams: 0, unitGrams: null, unitToleranceGrams: 0, minAge: null },
};

test("a record written before names, timed prices and pictures existed still parses", () => {
  expect(Product.parse(old)).toMatchObject({ names: {}, prices: [], image: null });
});

const june = timed(99, "2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z");
const midsummer = timed(79, "2026-06-20T00:00:00Z", "2026-06-21T00:00:00Z");
const later = timed(129, "2026-09-01T00:00:00Z");

test.each([
  ["before any of them", "2026-05-31T23:59:59.999Z", 119],
  ["at the very start", "2026-06-01T00:00:00Z", 99],
  ["in an action within an action", "2026-06-20T12:00:00Z", 79],
  ["after the inner one, the outer one again", "2026-06-21T00:00:00Z", 99],
  ["at the very end", "2026-07-01T00:00:00Z", 119],
  ["years after one without an end", "2031-01-01T00:00:00Z", 129],
])("%s", (_, instant, minor) => {
  expect(priceAt({ price: eur(119), prices: [june, midsummer, later] }, Date.parse(instant))).toEqual(
    eur(minor),
  );
});

test.each([
  ["out of order", [later, june]],
  ["two that start at once, however they are written", [june, timed(1, "2026-06-01T00:00:00.000Z")]],
  ["one that ends before it starts", [timed(1, "2026-06-02T00:00:00Z", "2026-06-01T00:00:00Z")]],
  ["one in local time", [timed(1, "2026-06-01T00:00:00")]],
])("timed prices with %s are refused", (_, prices) => {
  expect(TimedPrices.safeParse(prices).success).toBe(false);
});
