import { z } from "zod";

/** ISO 4217 alphabetic code. */
export const Currency = z.string().regex(/^[A-Z]{3}$/, "an ISO 4217 code such as EUR");
export type Currency = z.infer<typeof Currency>;

/** An amount in integer minor units (cents) of one currency; negative for refunds. */
export const Money = z.strictObject({ minor: z.int(), currency: Currency });
export type Money = z.infer<typeof Money>;

export const money = (minor: number, currency: string): Money => ({ minor, currency });

/** `amount` times `factor`, rounded half up (away from zero at .5) to whole minor units. */
export function scaleMoney(amount: Money, factor: number): Money {
  const exact = amount.minor * factor;
  // + 0: no negative zero in a price.
  return { minor: Math.sign(exact) * Math.round(Math.abs(exact)) + 0, currency: amount.currency };
}

/** For people, in the locale's way: `formatMoney({minor: 199, currency: "EUR"}, "de")` is "1,99 €". */
export function formatMoney(amount: Money, locale = "en"): string {
  const format = new Intl.NumberFormat(locale, { style: "currency", currency: amount.currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount.minor / 10 ** digits);
}
