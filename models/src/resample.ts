import { blendRows, ROW_BITS } from "./blend-rows.js";

/**
 * How a line of `from` samples becomes one of `to`: output `i` is the sum of `weights[i * width + k]` times input
 * `first[i] + k`, for k below `width`, over `2 ** bits`. Shrinking averages the area that an output covers, so
 * that nothing aliases; enlarging interpolates linearly between pixel middles.
 */
export interface Taps {
  readonly first: Int32Array;
  readonly width: number;
  /** Whole numbers that sum to `2 ** bits` for every output: sums of integers run twice as fast here as of floats. */
  readonly weights: Int32Array;
}

/** Bits of the weights of columns: with 8 bits of colour and those of the rows the sums stay within 31. */
const COLUMN_BITS = 14;
const ONE = 2 ** (COLUMN_BITS + ROW_BITS);

export interface Plan {
  readonly columns: Taps;
  readonly rows: Taps;
}

/** How a picture of one size becomes one of another. */
export function makePlan(
  from: { width: number; height: number },
  to: { width: number; height: number },
): Plan {
  return {
    columns: keptTaps(from.width, to.width, COLUMN_BITS),
    rows: keptTaps(from.height, to.height, ROW_BITS),
  };
}

/** Lengths of crops come again and again, pairs of them seldom. Some 2 KiB each. */
const kept = new Map<string, Taps>();
const MAX_KEPT = 1_024;

function keptTaps(from: number, to: number, bits: number): Taps {
  const key = `${from} ${to} ${bits}`;
  const known = kept.get(key);
  if (known) return known;
  const taps = makeTaps(from, to, bits);
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(key, taps);
  return taps;
}

export function makeTaps(from: number, to: number, bits: number): Taps {
  const whole = from % to === 0 ? from / to : Math.ceil(from / to) + 1;
  const width = Math.min(from, to < from ? whole : 2);
  const first = new Int32Array(to);
  const weights = new Int32Array(to * width);
  for (let i = 0; i < to; i++) {
    const [start, shares] = to < from ? areaShares(from, to, i, width) : linearShares(from, to, i, width);
    first[i] = start;
    // Rounding the running sum, not each share, makes the whole come out exactly.
    let sum = 0;
    let given = 0;
    for (let k = 0; k < width; k++) {
      sum += shares[k] ?? 0;
      const upTo = k === width - 1 ? 2 ** bits : Math.round(sum * 2 ** bits);
      weights[i * width + k] = upTo - given;
      given = upTo;
    }
  }
  return { first, width, weights };
}

/** First input of output `i`, and the share of each of the next `width` inputs. */
function areaShares(from: number, to: number, i: number, width: number): [start: number, shares: number[]] {
  const ratio = from / to;
  const begin = i * ratio;
  const start = Math.min(Math.floor(begin + 1e-9), from - width);
  const covered = (k: number) => Math.min(begin + ratio, start + k + 1) - Math.max(begin, start + k);
  return [start, Array.from({ length: width }, (_, k) => Math.max(0, covered(k)) / ratio)];
}

function linearShares(from: number, to: number, i: number, width: number): [start: number, shares: number[]] {
  const at = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
  const start = Math.min(Math.floor(at), from - width);
  return [start, [1 - (at - start), at - start]];
}

/** Where the values go: `plane` numbers lie between two channels, `step` between two pixels, `pitch` between rows. */
export interface Destination {
  readonly data: Float32Array | Uint8Array;
  readonly offset: number;
  readonly plane: number;
  readonly step: number;
  readonly pitch: number;
  /** Each value 0..255 is written as `value * scale[channel] + shift[channel]`. */
  readonly scale: readonly [number, number, number];
  readonly shift: readonly [number, number, number];
}

/** One line's columns into one row of the destination, channel by channel. */
function blendColumns(line: Uint16Array, taps: Taps, to: Destination, begin: number): void {
  const { first, width, weights } = taps;
  const { data, plane, step } = to;
  const sr = to.scale[0] / ONE;
  const sg = to.scale[1] / ONE;
  const sb = to.scale[2] / ONE;
  const [tr, tg, tb] = to.shift;
  let at = begin;
  let tap = 0;
  for (let column = 0; column < first.length; column++) {
    let r = 0;
    let g = 0;
    let b = 0;
    let p = Math.imul(first[column] as number, 3);
    for (let k = 0; k < width; k++) {
      const w = weights[tap++] as number;
      r = (r + Math.imul(w, line[p] as number)) | 0;
      g = (g + Math.imul(w, line[p + 1] as number)) | 0;
      b = (b + Math.imul(w, line[p + 2] as number)) | 0;
      p += 3;
    }
    data[at] = r * sr + tr;
    data[at + plane] = g * sg + tg;
    data[at + 2 * plane] = b * sb + tb;
    at += step;
  }
}

/** Scales a picture (RGB interleaved) as planned, writing each value once, already normalised. */
export function resample(from: { width: number; data: Uint8Array }, plan: Plan, to: Destination): void {
  const stride = from.width * 3;
  const line = new Uint16Array(stride);
  const blend = blendRows(from.data, stride, plan.rows, line);
  for (let row = 0; row < plan.rows.first.length; row++) {
    blend(row);
    blendColumns(line, plan.columns, to, to.offset + row * to.pitch);
  }
}
