/** Mean brightness (0..255) of the cells of a coarse grid over the tray picture, row by row. */
export interface LumaGrid {
  readonly columns: number;
  readonly rows: number;
  readonly values: Float32Array;
}

/** Cells darker than this carry mostly noise, brighter ones may be clipped: neither tells how the light changed. */
const TELLING_MIN = 12;
const TELLING_MAX = 245;
const ENOUGH = 8;

/**
 * By how much the light changed as a whole: median of `now / before` over the cells that tell. The median does
 * not care about a hand or goods that cover less than half of the cells. 1 where too few cells tell.
 */
export function lightGain(before: ArrayLike<number>, now: ArrayLike<number>, stride = 1): number {
  const all = new Float64Array(Math.ceil(before.length / stride));
  let count = 0;
  for (let i = 0; i < before.length; i += stride) {
    const a = before[i] ?? 0;
    const b = now[i] ?? 0;
    if (a >= TELLING_MIN && a <= TELLING_MAX && b >= TELLING_MIN && b <= TELLING_MAX) all[count++] = b / a;
  }
  if (count < ENOUGH) return 1;
  const ratios = all.subarray(0, count).sort();
  return ratios[count >> 1] ?? 1;
}

/** How far `now` is from `before` under a light that changed by `gain`, beyond what noise and shading explain. */
export function excess(before: number, now: number, gain: number, luma: number): number {
  const expected = Math.min(255, before * gain);
  // A multiple of the brightness, since shading by a lamp or a body nearby is proportional.
  return Math.abs(now - expected) - luma - 0.06 * expected;
}
