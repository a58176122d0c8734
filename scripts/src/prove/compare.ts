import { type Basket, type Sku, scaleMoney, type TillMessage } from "@tillsight/contracts";
import type { ExpectedLine } from "../virtual/script.js";
import { demoProduct } from "../virtual/store.js";

/** One piece as the till sold it, or should have: everything that a receipt says of it. */
export interface SoldPiece {
  readonly sku: Sku;
  /** Net weight; null for goods sold by the piece. */
  readonly grams: number | null;
  /** Price of this piece, minor units. */
  readonly minor: number;
  readonly taxRateBp: number;
}

/** What the till's log must say, worked out from the script and the store's price list alone. */
export function expectedPieces(lines: readonly ExpectedLine[]): SoldPiece[] {
  return lines.flatMap(({ sku, quantity, grossGrams }) => {
    const { product } = demoProduct(sku);
    const grams = grossGrams === null ? null : grossGrams - product.tareGrams;
    const { minor } = grams === null ? product.price : scaleMoney(product.price, grams / 1000);
    return Array.from({ length: quantity }, () => ({ sku, grams, minor, taxRateBp: product.taxRateBp }));
  });
}

/** What the till's log says of one transaction: pieces sold and not voided, and the total it was told. */
export interface Sold {
  readonly pieces: readonly SoldPiece[];
  /** Null when no total came; minor units. */
  readonly total: number | null;
}

export function soldIn(entries: readonly TillMessage[], transactionId: string | null): Sold {
  const own = entries.filter((entry) => entry.transactionId === transactionId);
  const voided = new Set(own.filter((entry) => entry.kind === "void").map((entry) => entry.lineItemId));
  const pieces = own
    .filter((entry) => entry.kind === "item")
    .filter((entry) => !voided.has(entry.lineItemId))
    .flatMap(({ sku, grams, quantity, total, taxRateBp }) =>
      Array.from({ length: quantity }, () => ({ sku, grams, minor: total.minor / quantity, taxRateBp })),
    );
  const totals = own.filter((entry) => entry.kind === "total");
  return { pieces, total: totals.at(-1)?.total.minor ?? null };
}

/** The same of a basket that is not paid yet. Lines that nobody has named are no pieces. */
export function soldAs({ lines, total }: Pick<Basket, "lines" | "total">): Sold {
  const pieces = lines.flatMap((line) => {
    const { sku, grams, quantity, taxRateBp } = line;
    if (sku === null) return [];
    return Array.from({ length: quantity }, () => ({
      ...{ sku, grams, taxRateBp },
      minor: line.total.minor / quantity,
    }));
  });
  return { pieces, total: total.minor };
}

/** How what was sold differs from the script. */
export interface Difference {
  /** Expected and not sold. */
  readonly missing: readonly SoldPiece[];
  /** Sold and not expected. */
  readonly extra: readonly SoldPiece[];
  /** Whether the total is that of the expected pieces; without pieces there is none to tell. */
  readonly totalRight: boolean;
}

export function compare(expected: readonly SoldPiece[], sold: Sold): Difference {
  const key = (piece: SoldPiece): string => [piece.sku, piece.grams, piece.minor, piece.taxRateBp].join(" ");
  const rest = new Map<string, SoldPiece[]>();
  for (const piece of sold.pieces) rest.set(key(piece), [...(rest.get(key(piece)) ?? []), piece]);
  const missing = expected.filter((piece) => rest.get(key(piece))?.pop() === undefined);
  const sum = expected.reduce((minor, piece) => minor + piece.minor, 0);
  return { missing, extra: [...rest.values()].flat(), totalRight: sold.total === sum };
}

export const isSame = ({ missing, extra, totalRight }: Difference): boolean =>
  missing.length === 0 && extra.length === 0 && totalRight;
