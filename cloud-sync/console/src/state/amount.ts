import { decimalOf, toMoney } from "@tillsight/cloud-sync/api";
import type { Money } from "@tillsight/contracts";

/** What a person typed as an amount, `1.49` or `1,49`; null when it is none, or less than nothing. */
export function amountOf(text: string, currency: string): Money | null {
  const clean = text.replace(/[\s\u00a0\u202f€$£]/g, "");
  const money = toMoney({ amount: clean }, currency);
  return typeof money === "string" || money.minor < 0 ? null : money;
}

/** As a person types it in this language: `1.49` or `1,49`. */
export function amountText(money: Money, locale: string): string {
  const text = decimalOf(money);
  return decimalSign(locale) === "," ? text.replace(".", ",") : text;
}

const decimalSign = (locale: string): string =>
  new Intl.NumberFormat(locale).formatToParts(1.5).find(({ type }) => type === "decimal")?.value ?? ".";

/** Change in per cent of `before`; null when that was nothing. */
export const percentOf = (before: Money, after: Money): number | null =>
  before.minor === 0 ? null : ((after.minor - before.minor) / before.minor) * 100;

export const percentText = (percent: number, locale: string): string =>
  `${new Intl.NumberFormat(locale, { maximumFractionDigits: 1, signDisplay: "exceptZero" }).format(percent)} %`;
