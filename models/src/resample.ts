/**
 * How a line of `from` samples becomes one of `to`: output `i` is the sum of `weights[i * width + k]` times input
 * `first[i] + k`, for k below `width`. Shrinking averages the area that an output covers, so that nothing aliases;
 * enlarging interpolates linearly between pixel middles.
 */
export interface Taps {
  readonly first: Int32Array;
  readonly width: number;
  readonly weights: Float32Array;
}

export function makeTaps(from: number, to: number): Taps {
  return to < from ? areaTaps(from, to) : linearTaps(from, to);
}

function areaTaps(from: number, to: number): Taps {
  const ratio = from / to;
  const width = Math.min(from, Math.ceil(ratio - 1e-9) + (Number.isInteger(ratio) ? 0 : 1));
  const first = new Int32Array(to);
  const weights = new Float32Array(to * width);
  for (let i = 0; i < to; i++) {
    const begin = i * ratio;
    const end = begin + ratio;
    const start = Math.min(Math.floor(begin + 1e-9), from - width);
    first[i] = start;
    for (let k = 0; k < width; k++) {
      const covered = Math.min(end, start + k + 1) - Math.max(begin, start + k);
      weights[i * width + k] = Math.max(0, covered) / ratio;
    }
  }
  return { first, width, weights };
}

function linearTaps(from: number, to: number): Taps {
  const width = Math.min(2, from);
  const first = new Int32Array(to);
  const weights = new Float32Array(to * width);
  for (let i = 0; i < to; i++) {
    const at = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    const start = Math.min(Math.floor(at), from - width);
    first[i] = start;
    weights[i * width] = 1 - (at - start);
    if (width === 2) weights[i * width + 1] = at - start;
  }
  return { first, width, weights };
}

/**
 * Weighted sum of picture rows: one interleaved line of `length` numbers. Vertical first, since it reads in order;
 * up to four rows a pass, since a line that is written and read again costs as much as a row.
 */
function blendRows(data: Uint8Array, stride: number, taps: Taps, row: number, line: Float32Array): void {
  const base = row * taps.width;
  const top = (taps.first[row] ?? 0) * stride;
  const weight = (k: number) => (k < taps.width ? (taps.weights[base + k] ?? 0) : 0);
  for (let k = 0; k < taps.width; k += 4) {
    // Rows beyond the last tap weigh nothing and are read from the first one, which is there.
    const at = (i: number) => top + (k + i < taps.width ? k + i : 0) * stride;
    const [a, b, c, d] = [at(0), at(1), at(2), at(3)];
    const [wa, wb, wc, wd] = [weight(k), weight(k + 1), weight(k + 2), weight(k + 3)];
    if (k === 0 && wc === 0 && wd === 0) blendTwo(data, a, b, wa, wb, stride, line);
    else blendFour(data, [a, b, c, d], [wa, wb, wc, wd], k === 0 ? 0 : 1, stride, line);
  }
}

type Four = readonly [number, number, number, number];

function blendFour(
  data: Uint8Array,
  at: Four,
  weights: Four,
  keep: number,
  length: number,
  line: Float32Array,
) {
  const [a, b, c, d] = at;
  const [wa, wb, wc, wd] = weights;
  if (keep === 0) {
    for (let j = 0; j < length; j++) {
      line[j] =
        wa * (data[a + j] as number) +
        wb * (data[b + j] as number) +
        wc * (data[c + j] as number) +
        wd * (data[d + j] as number);
    }
    return;
  }
  for (let j = 0; j < length; j++) {
    line[j] =
      (line[j] as number) +
      wa * (data[a + j] as number) +
      wb * (data[b + j] as number) +
      wc * (data[c + j] as number) +
      wd * (data[d + j] as number);
  }
}

function blendTwo(
  data: Uint8Array,
  a: number,
  b: number,
  wa: number,
  wb: number,
  length: number,
  line: Float32Array,
): void {
  for (let j = 0; j < length; j++) line[j] = wa * (data[a + j] as number) + wb * (data[b + j] as number);
}

/** Where the values go: `plane` numbers lie between two channels, `step` between two pixels, `pitch` between rows. */
export interface Destination {
  readonly data: Float32Array | Uint8Array;
  readonly offset: number;
  readonly plane: number;
  readonly step: number;
  readonly pitch: number;
  /** Each value is written as `value * scale[channel] + shift[channel]`. */
  readonly scale: readonly [number, number, number];
  readonly shift: readonly [number, number, number];
}

/** A picture's or a crop's pixels: RGB interleaved, `width * 3` bytes a row. */
interface Source {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Scales a picture to the size that the taps were made for, writing each value once, already normalised. */
export function resample(from: Source, x: Taps, y: Taps, to: Destination): void {
  const columns = x.first.length;
  const stride = from.width * 3;
  const line = new Float32Array(stride);
  const { first, width, weights } = x;
  const { data, plane, step } = to;
  const [sr, sg, sb] = to.scale;
  const [tr, tg, tb] = to.shift;
  for (let row = 0; row < y.first.length; row++) {
    blendRows(from.data, stride, y, row, line);
    let at = to.offset + row * to.pitch;
    let tap = 0;
    for (let column = 0; column < columns; column++) {
      let r = 0;
      let g = 0;
      let b = 0;
      let p = (first[column] as number) * 3;
      for (let k = 0; k < width; k++) {
        const w = weights[tap++] as number;
        r += w * (line[p] as number);
        g += w * (line[p + 1] as number);
        b += w * (line[p + 2] as number);
        p += 3;
      }
      data[at] = r * sr + tr;
      data[at + plane] = g * sg + tg;
      data[at + 2 * plane] = b * sb + tb;
      at += step;
    }
  }
}
