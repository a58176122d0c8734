import { describe, expect, it } from "vitest";
import { formatMoney, Money, money, scaleMoney } from "./money.js";

describe("money", () => {
  const scaled: [situation: string, minor: number, factor: number, want: number][] = [
    ["three pieces", 199, 3, 597],
    ["345 g of a price per kilogram", 249, 0.345, 86],
    ["half a cent goes up", 1, 0.5, 1],
    ["half a cent of a refund goes away from zero", -1, 0.5, -1],
    ["nothing of a refund is not minus zero", -199, 0, 0],
  ];
  it.each(scaled)("is rounded to whole minor units: %s", (_situation, minor, factor, want) => {
    expect(scaleMoney(money(minor, "EUR"), factor)).toEqual({ minor: want, currency: "EUR" });
  });

  const shown: [currency: string, minor: number, want: string][] = [
    ["EUR", 199, "€1.99"],
    ["JPY", 199, "¥199"],
    ["KWD", 1999, "KWD 1.999"],
    ["EUR", -5, "-€0.05"],
  ];
  it.each(shown)("is shown with the decimals of its currency: %s %d", (currency, minor, want) => {
    expect(formatMoney(money(minor, currency), "en").replace("\u00a0", " ")).toBe(want);
  });

  it.each([{ minor: 1.5, currency: "EUR" }, { minor: 1, currency: "eur" }, { minor: 1 }])(
    "is whole minor units of an ISO 4217 currency, so not %j",
    (input) => {
      expect(Money.safeParse(input).success).toBe(false);
    },
  );
});
