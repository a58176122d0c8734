import { JUDGED_FROM, STRAYS_FROM, straying } from "@tillsight/models";
import type { Stock } from "../shop.js";

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}

/** Which of a product's pictures headquarters would put before a person, given what is enrolled beside it. */
function strays(own: readonly Float32Array[], others: readonly (readonly Float32Array[])[]): Float32Array[] {
  if (own.length < JUDGED_FROM) return [];
  return own.filter((vector) => {
    const mine = own.filter((v) => v !== vector).map((known) => dot(vector, known));
    const by = (of: readonly Float32Array[]) =>
      straying(
        mine,
        of.map((known) => dot(vector, known)),
      ) ?? -1;
    return others.some((of) => by(of) >= STRAYS_FROM);
  });
}

const without = (stock: readonly Stock[], left: ReadonlySet<Float32Array>): Stock[] =>
  stock
    .map(({ sku, vectors }) => ({ sku, vectors: vectors.filter((vector) => !left.has(vector)) }))
    .filter(({ vectors }) => vectors.length > 0);

/** What is left out, and what is left. */
export interface Checked {
  readonly left: ReadonlySet<Float32Array>;
  readonly stock: readonly Stock[];
}

/** Other products that are looked at again with each new picture. */
const NEIGHBOURS = 4;

/**
 * As headquarters does it, product after product: with each picture, those of its product are judged, and those of the
 * products most like it.
 */
export function checkAsTheyCome(stock: readonly Stock[]): Checked {
  const enrolled: { vectors: Float32Array[] }[] = [];
  const left = new Set<Float32Array>();
  const judge = (product: { vectors: Float32Array[] }, others: readonly { vectors: Float32Array[] }[]) => {
    const found = strays(
      product.vectors,
      others.map(({ vectors }) => vectors),
    );
    for (const vector of found) left.add(vector);
    product.vectors = product.vectors.filter((vector) => !left.has(vector));
  };
  for (const { vectors } of stock) {
    const product = { vectors: [] as Float32Array[] };
    const others = [...enrolled];
    enrolled.push(product);
    for (const vector of vectors) {
      product.vectors.push(vector);
      judge(product, others);
      const likeness = (of: { vectors: Float32Array[] }) =>
        Math.max(...of.vectors.map((v) => dot(v, vector)));
      const near = others
        .map((other) => ({ other, alike: likeness(other) }))
        .sort((a, b) => b.alike - a.alike);
      for (const { other } of near.slice(0, NEIGHBOURS)) judge(other, [product]);
    }
  }
  return { left, stock: without(stock, left) };
}

/** As if somebody had looked at every picture. */
export const checkByEye = (stock: readonly Stock[], wrong: ReadonlySet<Float32Array>): Checked => ({
  left: wrong,
  stock: without(stock, wrong),
});
