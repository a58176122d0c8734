import type { Random } from "../../../virtual/random.js";
import type { Stock } from "../shop.js";

/** A product's references, and pictures of it that are none: what others may be sent by mistake. */
export interface Supply extends Stock {
  readonly spare: readonly Float32Array[];
}

/** A store's references, and which of them show another product. */
export interface Spoilt {
  readonly stock: readonly Stock[];
  readonly wrong: ReadonlySet<Float32Array>;
}

/** Replaces a share of all references, by chance, by pictures of other products of the store. */
export function mislabel(supplies: readonly Supply[], share: number, random: Random): Spoilt {
  const all = supplies.flatMap(({ vectors }, product) => vectors.map((_, at) => ({ product, at })));
  const spare = supplies.map(({ spare }) => [...spare]);
  const wrong = new Set<Float32Array>();
  const vectors = supplies.map((supply) => [...supply.vectors]);
  for (const { product, at } of random.shuffle(all).slice(0, Math.round(share * all.length))) {
    const others = supplies.map((_, i) => i).filter((i) => i !== product && (spare[i]?.length ?? 0) > 0);
    const [from] = random.shuffle(others);
    const taken = from === undefined ? undefined : spare[from]?.pop();
    if (!taken) continue;
    (vectors[product] as Float32Array[])[at] = taken;
    wrong.add(taken);
  }
  return { stock: supplies.map(({ sku }, i) => ({ sku, vectors: vectors[i] ?? [] })), wrong };
}
