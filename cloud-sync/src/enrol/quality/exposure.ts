import type { Gray } from "./gray.js";
import { rank } from "./gray.js";

/** Luma 0..255; shares 0..1. */
export interface Exposure {
  readonly mean: number;
  /** Between the darkest and the lightest twentieth. */
  readonly range: number;
  /** At or below 8: nothing can be told apart there. */
  readonly black: number;
  /** At or above 250. */
  readonly white: number;
}

export function exposure({ data }: Gray): Exposure {
  let [sum, black, white] = [0, 0, 0];
  for (const v of data) {
    sum += v;
    if (v <= 8) black++;
    if (v >= 250) white++;
  }
  const n = data.length || 1;
  return {
    mean: sum / n,
    range: rank(data, 0.95) - rank(data, 0.05),
    black: black / n,
    white: white / n,
  };
}
