import { Currency, Money } from "@tillsight/contracts";
import { z } from "zod";

/** An amount as people write it, `1.49`, whose currency may be known only from the product it is for. */
export const Amount = z.strictObject({ amount: z.string().max(40), currency: Currency.optional() });
export type Amount = z.infer<typeof Amount>;

export const MoneyOrAmount = z.union([Money, Amount]);

/** Decimal digits of the currency's minor unit: 2 for EUR, 0 for JPY. */
export function minorDigits(currency: string): number {
  const known = digitsOf.get(currency);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  digitsOf.set(currency, digits);
  return digits;
}

/** Making a format takes longer than all the rest of a line. Bounded, because there are but 26^3 codes. */
const digitsOf = new Map<string, number>();

/** `1.49` or `1,49`; a separator of thousands is refused, because `1,234` may be meant either way. */
const decimal = /^(-?)(\d{1,12})(?:[.,](\d+))?$/;

/** @returns what is wrong as text. */
export function toMoney(amount: z.infer<typeof MoneyOrAmount>, fallback: string | undefined): Money | string {
  if ("minor" in amount) return amount;
  const currency = amount.currency ?? fallback;
  if (currency === undefined) return "in which currency? Add a column currency, or give --currency";
  const match = decimal.exec(amount.amount.trim());
  if (!match) return `"${amount.amount}" is not an amount such as 1.49`;
  const [, sign, whole = "", part = ""] = match;
  const digits = minorDigits(currency);
  if (part.length > digits && (amount.amount.includes(",") || !/^0*$/.test(part.slice(digits))))
    return `"${amount.amount}" has more decimals than ${currency} has`;
  const minor = Number(`${sign}${whole}${part.slice(0, digits).padEnd(digits, "0")}`) + 0;
  return Number.isSafeInteger(minor) ? { minor, currency } : `"${amount.amount}" is too large`;
}

/** `1.49`, without currency. */
export function decimalOf({ minor, currency }: Money): string {
  const digits = minorDigits(currency);
  const text = String(Math.abs(minor)).padStart(digits + 1, "0");
  const at = text.length - digits;
  return `${minor < 0 ? "-" : ""}${text.slice(0, at)}${digits > 0 ? `.${text.slice(at)}` : ""}`;
}
