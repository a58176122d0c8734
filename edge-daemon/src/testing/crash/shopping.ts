import type { Sku } from "@tillsight/contracts";
import { goods } from "./goods.js";

export interface Wish {
  readonly sku: Sku;
  readonly quantity: number;
}

const skus = [...goods.keys()] as Sku[];

/** What the n-th shopper of the proof buys: the same on both sides, whoever is killed in between. */
export function shoppingList(n: number): Wish[] {
  const length = 1 + ((n * 7 + 3) % 6);
  return Array.from({ length }, (_, i) => ({
    sku: skus[(n * 13 + i * 3) % skus.length] as Sku,
    quantity: 1 + ((n + i * i) % 3),
  }));
}

/** Pieces of each article that the n-th shopper buys. */
export function piecesOf(n: number): Map<Sku, number> {
  const pieces = new Map<Sku, number>();
  for (const { sku, quantity } of shoppingList(n)) pieces.set(sku, (pieces.get(sku) ?? 0) + quantity);
  return pieces;
}

export const countPieces = (n: number): number =>
  shoppingList(n).reduce((sum, wish) => sum + wish.quantity, 0);
