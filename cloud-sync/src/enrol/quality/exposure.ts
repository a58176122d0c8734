import type { Gray } from "./gray.js";

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
  const counts = new Uint32Array(256);
  let sum = 0;
  for (const v of data) {
    sum += v;
    const bin = Math.min(255, Math.round(v));
    counts[bin] = (counts[bin] as number) + 1;
  }
  const n = data.length || 1;
  const share = (from: number, to: number) => counts.subarray(from, to + 1).reduce((a, b) => a + b, 0) / n;
  return {
    mean: sum / n,
    range: lumaAt(counts, 0.95 * n) - lumaAt(counts, 0.05 * n),
    black: share(0, 8),
    white: share(250, 255),
  };
}

/** Luma below which `pixels` lie. */
function lumaAt(counts: Uint32Array, pixels: number): number {
  let seen = 0;
  for (let luma = 0; luma < counts.length; luma++) {
    seen += counts[luma] as number;
    if (seen > pixels) return luma;
  }
  return counts.length - 1;
}
