import type { Picture } from "@tillsight/models";
import { type Gray, rank, toGray } from "./gray.js";

/** What pictures of a screen, of print and from a renderer have and photographs have not; each about 0..1. */
export const artificialFeatures = [
  /** Share of pixels that equal their right and lower neighbour to the last bit. */
  "flat",
  /** Grain in the plainest blocks: sensors have it, renderers have not. */
  "grain",
  /** Share of pixels that have the commonest colour. */
  "oneColour",
  /** Different colours over the number of pixels, as an exponent. */
  "colours",
  /** Share of the picture's rim that has one colour. */
  "rim",
  /** Longest straight horizontal or vertical edge over the picture's side. */
  "ruled",
  /** Strongest regular pattern of few pixels, as halftone and screens have it. */
  "pattern",
  /** Mean difference between the largest and smallest channel. */
  "saturation",
] as const;
export type ArtificialFeatures = Readonly<Record<(typeof artificialFeatures)[number], number>>;

export function measureArtificial(picture: Picture, gray: Gray = toGray(picture)): ArtificialFeatures {
  const colours = countColours(picture);
  return {
    flat: flatShare(picture),
    grain: Math.min(1, Math.log1p(grain(gray)) / 3),
    oneColour: colours.commonest,
    colours: colours.exponent,
    rim: rimShare(picture),
    ruled: ruled(gray),
    pattern: pattern(gray),
    saturation: saturation(picture),
  };
}

function flatShare({ width, height, data }: Picture): number {
  let same = 0;
  const row = width * 3;
  let seen = 0;
  // Every second row tells as much.
  for (let y = 0; y + 1 < height; y += 2)
    for (let x = 0, at = y * row; x + 1 < width; x++, at += 3, seen++)
      if (
        data[at] === data[at + 3] &&
        data[at + 1] === data[at + 4] &&
        data[at + 2] === data[at + 5] &&
        data[at] === data[at + row] &&
        data[at + 1] === data[at + row + 1] &&
        data[at + 2] === data[at + row + 2]
      )
        same++;
  return same / Math.max(1, seen);
}

/** Standard deviation of what a pixel differs from its two neighbours' mean, in the plainest tenth of the blocks. */
function grain({ width, height, data }: Gray): number {
  const block = 8;
  const deviations: number[] = [];
  for (let y0 = 0; y0 + block <= height; y0 += 2 * block)
    for (let x0 = 1; x0 + block < width; x0 += block) {
      let square = 0;
      for (let y = y0; y < y0 + block; y++)
        for (let x = x0; x < x0 + block; x++) {
          const at = y * width + x;
          const d = (data[at] as number) - ((data[at - 1] as number) + (data[at + 1] as number)) / 2;
          square += d * d;
        }
      deviations.push(Math.sqrt(square / (block * block)));
    }
  return rank(deviations, 0.1);
}

function countColours({ data }: Picture): { commonest: number; exponent: number } {
  const seen = new Uint32Array(1 << 18);
  // Six bits a channel: fewer places to count in, and compression noise does not hide one colour.
  for (let at = 0; at < data.length; at += 3) {
    const key =
      (((data[at] as number) >> 2) << 12) |
      (((data[at + 1] as number) >> 2) << 6) |
      ((data[at + 2] as number) >> 2);
    seen[key] = (seen[key] as number) + 1;
  }
  let [different, most] = [0, 0];
  for (const count of seen) {
    if (count > 0) different++;
    if (count > most) most = count;
  }
  const pixels = Math.max(2, data.length / 3);
  return { commonest: most / pixels, exponent: Math.log(Math.max(1, different)) / Math.log(pixels) };
}

function rimShare({ width, height, data }: Picture): number {
  const counts = new Map<number, number>();
  let total = 0;
  const take = (x: number, y: number) => {
    const at = (y * width + x) * 3;
    const key =
      (((data[at] as number) >> 3) << 10) |
      (((data[at + 1] as number) >> 3) << 5) |
      ((data[at + 2] as number) >> 3);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    total++;
  };
  for (let x = 0; x < width; x++) for (const y of [0, height - 1]) take(x, y);
  for (let y = 0; y < height; y++) for (const x of [0, width - 1]) take(x, y);
  return Math.max(0, ...counts.values()) / Math.max(1, total);
}

/** An edge this steep (luma) counts. */
const step = 12;

function ruled({ width, height, data }: Gray): number {
  const columns = new Uint32Array(width);
  let longest = 0;
  for (let y = 0; y + 1 < height; y++) {
    let steps = 0;
    for (let x = 0; x + 1 < width; x++) {
      const at = y * width + x;
      const v = data[at] as number;
      if (Math.abs((data[at + width] as number) - v) > step) steps++;
      if (Math.abs((data[at + 1] as number) - v) > step) columns[x] = (columns[x] as number) + 1;
    }
    longest = Math.max(longest, steps / width);
  }
  for (const steps of columns) longest = Math.max(longest, steps / height);
  return longest;
}

/** Lags, pixels, in which halftone and screens repeat. */
const lags = [3, 4, 5, 6, 7, 8, 9, 10] as const;

/** Highest rise of the autocorrelation of the fine detail above its two neighbours, along rows and columns. */
function pattern({ width, height, data }: Gray): number {
  let best = 0;
  for (const stride of [1, width]) {
    const along = autocorrelation({ width, height, data }, stride);
    for (let i = 1; i + 1 < along.length; i++) {
      const rise = (along[i] as number) - Math.max(along[i - 1] as number, along[i + 1] as number);
      best = Math.max(best, Math.min(rise, along[i] as number));
    }
  }
  return best;
}

function autocorrelation({ data }: Gray, stride: number): number[] {
  const reach = 12 * stride;
  const sums = new Float64Array(12);
  let power = 0;
  // Some ten thousand pixels are enough; a prime step is in step with no width that pictures have.
  for (let at = stride; at + reach + stride < data.length; at += 17) {
    const here = detail(data, at, stride);
    power += here * here;
    for (let lag = 2; lag <= 11; lag++)
      sums[lag] = (sums[lag] as number) + here * detail(data, at + lag * stride, stride);
  }
  return [2, ...lags, 11].map((lag) => (power > 0 ? (sums[lag] as number) / power : 0));
}

const detail = (data: Float32Array, at: number, stride: number): number =>
  (data[at] as number) - ((data[at - stride] as number) + (data[at + stride] as number)) / 2;

/** Of every fourth pixel. */
function saturation({ data }: Picture): number {
  let [sum, count] = [0, 0];
  for (let at = 0; at < data.length; at += 12, count++) {
    const r = data[at] as number;
    const g = data[at + 1] as number;
    const b = data[at + 2] as number;
    sum += Math.max(r, g, b) - Math.min(r, g, b);
  }
  return sum / Math.max(1, count) / 255;
}
