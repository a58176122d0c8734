/** Red, green and blue, 0..255, of every cell or place. */
export type Planes = readonly [Float32Array, Float32Array, Float32Array];

/** Mean colour of the cells of a coarse grid over the tray picture, row by row. */
export interface TrayGrid {
  readonly columns: number;
  readonly rows: number;
  readonly planes: Planes;
}

/** Does the same with each plane. */
export function eachPlane(
  planes: Planes,
  make: (plane: Float32Array, channel: 0 | 1 | 2) => Float32Array,
): Planes {
  return [make(planes[0], 0), make(planes[1], 1), make(planes[2], 2)];
}

/** Values darker than this are mostly noise, brighter ones may be clipped: neither tells how the light changed. */
const TELLING_MIN = 12;
const TELLING_MAX = 245;
const ENOUGH = 8;

/**
 * By how much the light changed as a whole, in one plane: median of `now / before` over the values that tell.
 * The median does not care about a hand or goods that cover less than half of them. Each plane has its own
 * gain, so that a warmer lamp is light, not goods. 1 where too few values tell.
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

/**
 * How far `now` is from `before` under a light that changed by `gain`, in steps of 8 bits, beyond the few per
 * cent that shading by a lamp or a body nearby makes.
 */
export function excess(before: number, now: number, gain: number): number {
  const expected = Math.min(255, before * gain);
  return Math.abs(now - expected) - 0.04 * expected;
}

/** The largest excess of the three planes at one index. */
export function colourExcess(
  before: Planes,
  now: Planes,
  i: number,
  gains: readonly [number, number, number],
): number {
  return Math.max(
    excess(before[0][i] as number, now[0][i] as number, gains[0]),
    excess(before[1][i] as number, now[1][i] as number, gains[1]),
    excess(before[2][i] as number, now[2][i] as number, gains[2]),
  );
}

/** `lightGain` of each plane. */
export function lightGains(before: Planes, now: Planes, stride: number): [number, number, number] {
  return [
    lightGain(before[0], now[0], stride),
    lightGain(before[1], now[1], stride),
    lightGain(before[2], now[2], stride),
  ];
}
