import type { Product, TimedPrice } from "@tillsight/contracts";
import type { Override } from "../override.js";
import type { FieldError } from "../rules.js";
import { decimalOf } from "./amount.js";

/** Columns of a CSV file beside `name:LANGUAGE`; the first of them must be there. */
export const productColumns = [
  ...["sku", "name", "unit", "price", "currency", "prices", "taxRate", "gtins", "plu", "tareGrams", "minAge"],
  ...["image", "unitGrams", "unitToleranceGrams"],
] as const;
export const overrideColumns = ["store", "sku", "available", "name", "price", "currency", "prices"] as const;

/** Cells of one line by column, trimmed. */
export type Cells = Readonly<Record<string, string>>;

/** A cell that cannot be read is left as it is in the value, and named here. */
interface Read {
  readonly value: Record<string, unknown>;
  readonly errors: FieldError[];
}

type Reader = (cell: string, fail: (message: string) => void) => unknown;

const orNull: Reader = (cell) => (cell === "" ? null : cell);

const whole =
  (ifEmpty: number | null): Reader =>
  (cell, fail) => {
    if (cell === "") return ifEmpty;
    if (/^\d{1,9}$/.test(cell)) return Number(cell);
    fail(`"${cell}" is not a whole number`);
    return ifEmpty;
  };

/** Percent with up to two decimals, to basis points. */
const percent: Reader = (cell, fail) => {
  const match = /^(\d{1,3})(?:[.,](\d{1,2}))?\s*%?$/.exec(cell);
  if (match) return Number(`${match[1]}${(match[2] ?? "").padEnd(2, "0")}`);
  fail(cell === "" ? "is empty" : `"${cell}" is not a tax rate in percent such as 7 or 7.5`);
  return 0;
};

const gtins: Reader = (cell, fail) => {
  if (/\d[.,]?\d*E\+\d/i.test(cell))
    fail(`"${cell}" was rounded by a spreadsheet: format the column as text and enter it again`);
  return cell.split(/[\s|;,]+/).filter((code) => code !== "");
};

const yesNo: Reader = (cell, fail) => {
  const text = cell.toLowerCase();
  if (["", "yes", "true", "1"].includes(text)) return true;
  if (!["no", "false", "0"].includes(text)) fail(`"${cell}" is neither yes nor no`);
  return false;
};

/** `0.99 START/END; 1.29 START/`: ISO 8601 instants and intervals, an open end left out. */
const timed: Reader = (cell, fail) =>
  cell
    .split(";")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .flatMap((part) => {
      const [, amount, validFrom, validUntil] = /^(\S+)\s+([^/\s]+)\/([^/\s]*)$/.exec(part) ?? [];
      if (amount !== undefined) return { price: { amount }, validFrom, validUntil: validUntil || null };
      fail(`"${part}" is not PRICE START/END, such as 0.99 2026-06-01T00:00:00Z/2026-07-01T00:00:00Z`);
      return [];
    });

const readers: Readonly<Record<string, readonly [field: string, Reader]>> = {
  ...{ sku: ["sku", (cell) => cell], store: ["store", (cell) => cell], unit: ["unit", (cell) => cell] },
  ...{ name: ["name", orNull], plu: ["plu", orNull], image: ["image", orNull] },
  ...{ prices: ["prices", timed], gtins: ["gtins", gtins], taxRate: ["taxRateBp", percent] },
  ...{ unitGrams: ["unitGrams", whole(null)], unitToleranceGrams: ["unitToleranceGrams", whole(0)] },
  ...{ tareGrams: ["tareGrams", whole(0)], minAge: ["minAge", whole(null)], available: ["available", yesNo] },
};

/** What a line's cells say, in the form of a JSON line. An empty cell means none, not "as it is". */
export function fromCells(cells: Cells): Read {
  const value: Record<string, unknown> = {};
  const errors: FieldError[] = [];
  const names: Record<string, string | null> = {};
  for (const [column, cell] of Object.entries(cells)) {
    const [field, reader] = readers[column] ?? [];
    if (field && reader) value[field] = reader(cell, (message) => errors.push({ field: column, message }));
    else if (column.startsWith("name:")) names[column.slice(5)] = cell === "" ? null : cell;
  }
  if (cells.price !== undefined) value.price = cells.price === "" ? null : { amount: cells.price };
  const { currency } = cells;
  if (currency)
    for (const holder of [value, ...((value.prices as { price: object }[] | undefined) ?? [])])
      if (holder.price) holder.price = { ...(holder.price as object), currency };
  if (Object.keys(names).length > 0) value.names = names;
  return { value, errors };
}

/** A field of `fromCells` as the person who wrote the file knows it. */
export const columnOf = (field: string): string => {
  const [first = "", second] = field.split(".");
  if (first === "names" && second) return `name:${second}`;
  return first === "taxRateBp" ? "taxRate" : first;
};

const timedCell = (prices: readonly TimedPrice[]) =>
  prices.map((p) => `${decimalOf(p.price)} ${p.validFrom}/${p.validUntil ?? ""}`).join("; ");

const nameCells = (names: Readonly<Record<string, string>>): Cells =>
  Object.fromEntries(Object.entries(names).map(([language, name]) => [`name:${language}`, name]));

export const productCells = (product: Product): Cells => ({
  ...{ sku: product.sku, name: product.name, ...nameCells(product.names), unit: product.unit },
  ...{ price: decimalOf(product.price), currency: product.price.currency, prices: timedCell(product.prices) },
  ...{ taxRate: String(product.taxRateBp / 100), gtins: product.gtins.join(" "), plu: product.plu ?? "" },
  ...{
    tareGrams: String(product.tareGrams),
    unitGrams: String(product.unitGrams ?? ""),
    unitToleranceGrams: String(product.unitToleranceGrams || (product.unitGrams === null ? "" : 0)),
    minAge: String(product.minAge ?? ""),
    image: product.image ?? "",
  },
});

export function overrideCells(store: string, sku: string, override: Override): Cells {
  const currency = (override.price ?? override.prices[0]?.price)?.currency ?? "";
  return {
    ...{ store, sku, available: override.available ? "yes" : "no", name: override.name ?? "" },
    ...{ ...nameCells(override.names), price: override.price ? decimalOf(override.price) : "", currency },
    prices: timedCell(override.prices),
  };
}
