import type { Sku } from "@tillsight/contracts";
import type { BookEntry } from "../till/book.js";
import { goods } from "./goods.js";
import { countPieces, piecesOf } from "./shopping.js";

export interface LaneDifference {
  readonly lost: number;
  readonly doubled: number;
  /** One sentence for each article of each sale that differs; scanned sales after the first that differs are shifted. */
  readonly differences: readonly string[];
}

const skuOfCode = new Map([...goods.values()].flatMap((p) => p.gtins.map((gtin) => [String(gtin), p.sku])));

interface Piece {
  readonly sku: Sku | undefined;
  readonly quantity: number;
}

/** What the till booked of each sale, in order: a till-line till says which sale, a scanned one is counted off. */
function booked(entries: readonly BookEntry[], shoppers: number): Piece[][] {
  const scans = entries.flatMap((e): Piece[] =>
    e.kind === "scan" ? [{ sku: skuOfCode.get(e.code), quantity: 1 }] : [],
  );
  if (scans.length > 0) {
    let from = 0;
    const sales = Array.from({ length: shoppers }, (_, n) => {
      const sale = scans.slice(from, from + countPieces(n));
      from += countPieces(n);
      return sale;
    });
    // Whatever is left over is one piece too many of the last sale.
    sales.at(-1)?.push(...scans.slice(from));
    return sales;
  }
  const sales = new Map<string, Piece[]>();
  for (const entry of entries) {
    if (entry.kind !== "item") continue;
    const sale = sales.get(entry.transactionId) ?? [];
    sales.set(entry.transactionId, [...sale, { sku: entry.sku, quantity: entry.quantity }]);
  }
  return [...sales.values()];
}

/** Compares the till's log with what `shoppers` shoppers bought, piece by piece. */
export function compareWithScript(entries: readonly BookEntry[], shoppers: number): LaneDifference {
  const sales = booked(entries, shoppers);
  let lost = 0;
  let doubled = 0;
  const differences: string[] = [];
  for (let n = 0; n < Math.max(shoppers, sales.length); n++) {
    const want = n < shoppers ? piecesOf(n) : new Map<Sku, number>();
    const got = new Map<Sku | undefined, number>();
    for (const { sku, quantity } of sales[n] ?? []) got.set(sku, (got.get(sku) ?? 0) + quantity);
    for (const sku of new Set([...want.keys(), ...got.keys()])) {
      const difference = (got.get(sku) ?? 0) - (sku ? (want.get(sku) ?? 0) : 0);
      if (difference === 0) continue;
      if (difference < 0) lost -= difference;
      else doubled += difference;
      differences.push(`sale ${n}: ${sku} ${difference > 0 ? "+" : ""}${difference}`);
    }
  }
  return { lost, doubled, differences };
}
