import { InvariantError } from "@tillsight/contracts";

/** Seeded random numbers, so that a script and its pictures are the same on every machine. */
export interface Random {
  /** Next number, 0 <= n < 1. */
  next(): number;
  /** Evenly in `low <= n < high`. */
  between(low: number, high: number): number;
  /** Whole number in `low <= n <= high`. */
  int(low: number, high: number): number;
  /** True with this probability, 0..1. */
  chance(probability: number): boolean;
  pick<T>(from: readonly [T, ...T[]] | readonly T[]): T;
  /** A new array in another order. */
  shuffle<T>(from: readonly T[]): T[];
  /** Normally distributed, mean 0, deviation 1. */
  gauss(): number;
  /** An independent sequence of its own for a named part. */
  fork(name: string): Random;
}

/** FNV-1a, 32 bits (draft-eastlake-fnv): spreads names over seeds. */
function hash(text: string, seed: number): number {
  let h = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return h;
}

/** `seed` is any whole number; equal seeds give equal sequences (mulberry32, public domain, T. Ettinger). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    int,
    between: (low, high) => low + next() * (high - low),
    chance: (probability) => next() < probability,
    pick: <T>(from: readonly T[]): T => {
      const picked = from[int(0, from.length - 1)];
      if (picked === undefined) throw new InvariantError("cannot pick from nothing");
      return picked;
    },
    shuffle: <T>(from: readonly T[]): T[] => {
      const order = from.map((value) => ({ value, key: next() }));
      return order.sort((a, b) => a.key - b.key).map(({ value }) => value);
    },
    // Box-Muller; 1 - next() keeps the logarithm's argument above 0.
    gauss: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    fork: (name) => createRandom(hash(name, seed)),
  };
}
