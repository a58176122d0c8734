/** What the fault rules need to know of a captured picture, all over the picture before the region of interest. */
export interface PictureFacts {
  /** Mean brightness, 0 to 255. */
  readonly mean: number;
  /** Standard deviation of brightness over the picture shrunk to `THUMB`. */
  readonly spread: number;
  /** Largest difference between neighbours in the shrunk picture: a covered lens blurs every edge away. */
  readonly edge: number;
  /** Hash of raw pixels on a grid. A sensor's noise changes it with every picture. */
  readonly hash: number;
}

/** Each cell averages hundreds of pixels, which takes the sensor's noise out. */
export const THUMB = { cols: 64, rows: 48 } as const;
/** Raw pixels that are hashed: enough that anything that moves is hit. */
export const GRID = { cols: 160, rows: 120 } as const;

/** @param grey the shrunk picture's brightness, row by row */
export function thumbFacts(grey: Uint8Array, cols: number): Omit<PictureFacts, "hash"> {
  let sum = 0;
  let squares = 0;
  let edge = 0;
  for (let at = 0; at < grey.length; at++) {
    const value = grey[at] ?? 0;
    sum += value;
    squares += value * value;
    if (at % cols > 0) edge = Math.max(edge, Math.abs(value - (grey[at - 1] ?? 0)));
    if (at >= cols) edge = Math.max(edge, Math.abs(value - (grey[at - cols] ?? 0)));
  }
  const mean = sum / grey.length;
  return { mean, spread: Math.sqrt(Math.max(0, squares / grey.length - mean * mean)), edge };
}

/** FNV-1a over bytes, 32 bits. */
export function hashBytes(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < bytes.length; at++) {
    hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  }
  return hash >>> 0;
}
