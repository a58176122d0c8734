import { Gtin, type Money, Plu, Product, Sku, type TimedPrice } from "@tillsight/contracts";
import { amountOf, amountText } from "./amount.js";
import { instantOf, localText } from "./time-text.js";

/** A product as a person edits it: text, also where it does not fit (yet). */
export interface ProductForm {
  readonly sku: string;
  readonly name: string;
  readonly names: readonly NameRow[];
  readonly unit: Product["unit"];
  readonly price: string;
  readonly currency: string;
  readonly prices: readonly PriceRow[];
  /** Per cent. */
  readonly tax: string;
  /** One a line. */
  readonly gtins: string;
  readonly plu: string;
  readonly tare: string;
  /** What one piece weighs. */
  readonly grams: string;
  readonly tolerance: string;
  readonly minAge: string;
  readonly image: string | null;
}
export interface NameRow {
  readonly tag: string;
  readonly name: string;
}
/** Times as `datetime-local` has them. */
export interface PriceRow {
  readonly price: string;
  readonly from: string;
  readonly until: string;
}

/** What is wrong with a field; the page has the words. */
export type Wrong =
  | "missing"
  | "sku"
  | "tooLong"
  | "amount"
  | "percent"
  | "gtin"
  | "plu"
  | "grams"
  | "unitGrams"
  | "tolerance"
  | "age"
  | "tag"
  | "time"
  | "timeOrder"
  | "twice";
/** By paths such as `price` or `prices.0.from`. */
export type FormErrors = Readonly<Record<string, Wrong>>;

export const emptyForm = (currency: string): ProductForm => ({
  ...{ sku: "", name: "", names: [], unit: "each", price: "", currency, prices: [], tax: "" },
  ...{ gtins: "", plu: "", tare: "", grams: "", tolerance: "", minAge: "", image: null },
});

export function formOf(product: Product, locale: string): ProductForm {
  return {
    ...{ sku: product.sku, name: product.name, unit: product.unit, image: product.image },
    names: Object.entries(product.names).map(([tag, name]) => ({ tag, name })),
    ...{ price: amountText(product.price, locale), currency: product.price.currency },
    prices: product.prices.map((timed) => priceRow(timed, locale)),
    tax: new Intl.NumberFormat(locale, { useGrouping: false }).format(product.taxRateBp / 100),
    gtins: product.gtins.join("\n"),
    plu: product.plu ?? "",
    tare: product.tareGrams === 0 ? "" : String(product.tareGrams),
    grams: product.unitGrams === null ? "" : String(product.unitGrams),
    tolerance: product.unitToleranceGrams === 0 ? "" : String(product.unitToleranceGrams),
    minAge: product.minAge === null ? "" : String(product.minAge),
  };
}

export const priceRow = (timed: TimedPrice, locale: string): PriceRow => ({
  price: amountText(timed.price, locale),
  from: localText(timed.validFrom),
  until: timed.validUntil === null ? "" : localText(timed.validUntil),
});

export type ReadForm =
  | { readonly product: Product; readonly errors?: undefined }
  | { readonly product?: undefined; readonly errors: FormErrors };

/** The product that the form describes, or what is wrong with which field. */
export function readForm(form: ProductForm): ReadForm {
  const errors: Record<string, Wrong> = {};
  const check = <T>(field: string, value: T | null, wrong: Wrong): T | null => {
    if (value === null) errors[field] ??= wrong;
    return value;
  };
  check("sku", Sku.safeParse(form.sku.trim()).data ?? null, form.sku.trim() === "" ? "missing" : "sku");
  const name = form.name.trim();
  if (name === "") errors.name = "missing";
  else if (name.length > 120) errors.name = "tooLong";
  const price = check("price", amountOf(form.price, form.currency), form.price.trim() ? "amount" : "missing");
  const tax = check("tax", basisPoints(form.tax), form.tax.trim() ? "percent" : "missing");
  const gtins = form.gtins.split(/[\s,;]+/).filter((code) => code !== "");
  if (gtins.some((code) => !Gtin.safeParse(code).success)) errors.gtins = "gtin";
  if (form.plu.trim() !== "" && !Plu.safeParse(form.plu.trim()).success) errors.plu = "plu";
  const tare = check("tare", whole(form.tare, 0, 20_000, 0), "grams");
  const grams =
    form.grams.trim() === "" ? null : check("grams", whole(form.grams, 1, 50_000, 0), "unitGrams");
  const tolerance = check("tolerance", whole(form.tolerance, 0, 10_000, 0), "tolerance");
  const minAge = form.minAge.trim() === "" ? null : check("minAge", whole(form.minAge, 1, 99, 0), "age");
  const names = readNames(form.names, errors);
  const prices = readPrices(form.prices, form.currency, errors);
  if (Object.keys(errors).length > 0) return { errors };
  const parsed = Product.safeParse({
    ...{ sku: form.sku.trim(), name, names, unit: form.unit, price, prices, taxRateBp: tax },
    ...{ gtins: [...new Set(gtins)], plu: form.plu.trim() || null, tareGrams: tare, minAge },
    ...{ unitGrams: grams, unitToleranceGrams: tolerance },
    image: form.image,
  });
  return parsed.success ? { product: parsed.data } : { errors: { "": "missing" } };
}

function readNames(rows: readonly NameRow[], errors: Record<string, Wrong>): Record<string, string> {
  const names: Record<string, string> = {};
  for (const [i, row] of rows.entries()) {
    const [tag, name] = [row.tag.trim(), row.name.trim()];
    if (tag === "" && name === "") continue;
    if (!/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/.test(tag)) errors[`names.${i}.tag`] = "tag";
    else if (name === "") errors[`names.${i}.name`] = "missing";
    else if (name.length > 120) errors[`names.${i}.name`] = "tooLong";
    else if (tag in names) errors[`names.${i}.tag`] = "twice";
    else names[tag] = name;
  }
  return names;
}

/** Timed prices in the order of their beginning. */
export function readPrices(
  rows: readonly PriceRow[],
  currency: string,
  errors: Record<string, Wrong>,
): TimedPrice[] {
  const prices: TimedPrice[] = [];
  for (const [i, row] of rows.entries()) {
    const price: Money | null = amountOf(row.price, currency);
    const validFrom = instantOf(row.from);
    const validUntil = instantOf(row.until);
    if (!price) errors[`prices.${i}.price`] = "amount";
    if (!validFrom) errors[`prices.${i}.from`] = "time";
    if (validFrom && validUntil && validUntil <= validFrom) errors[`prices.${i}.until`] = "timeOrder";
    if (prices.some((other) => other.validFrom === validFrom)) errors[`prices.${i}.from`] = "twice";
    if (price && validFrom) prices.push({ price, validFrom, validUntil });
  }
  return prices.sort((a, b) => (a.validFrom < b.validFrom ? -1 : 1));
}

function basisPoints(text: string): number | null {
  const clean = text.replace(",", ".").replace("%", "").trim();
  if (!/^\d{1,3}(\.\d{1,2})?$/.test(clean)) return null;
  const points = Math.round(Number(clean) * 100);
  return points <= 10_000 ? points : null;
}

function whole(text: string, least: number, most: number, empty: number): number | null {
  const clean = text.trim();
  if (clean === "") return empty;
  const value = Number(clean);
  return /^\d{1,6}$/.test(clean) && value >= least && value <= most ? value : null;
}
