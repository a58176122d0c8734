import type { Taps } from "./resample.js";

/** Bits of the rows' weights: eight of them and eight of colour fill sixteen, so two values fit into one number. */
export const ROW_BITS = 8;

type Four = readonly [number, number, number, number];
type Line = Uint16Array;

/**
 * Weighted sums of picture rows: the returned function fills `line` with output row `row`, each value times 256.
 * Vertical first, since it reads in order; four rows a pass, since a line that is written and read again costs
 * as much as a row.
 */
export function blendRows(data: Uint8Array, stride: number, taps: Taps, line: Line): (row: number) => void {
  const wide = stride % 4 === 0 && data.byteOffset % 4 === 0;
  const words = wide ? new Uint32Array(data.buffer, data.byteOffset, data.length >> 2) : undefined;
  const pitch = words ? stride >> 2 : stride;
  return (row) => {
    const base = row * taps.width;
    const top = (taps.first[row] ?? 0) * pitch;
    for (let k = 0; k < taps.width; k += 4) {
      // Rows beyond the last tap weigh nothing and are read from the first one, which is there.
      const at = (i: number) => top + (k + i < taps.width ? k + i : 0) * pitch;
      const weight = (i: number) => (k + i < taps.width ? (taps.weights[base + k + i] ?? 0) : 0);
      const weights: Four = [weight(0), weight(1), weight(2), weight(3)];
      if (k > 0 && weights.every((w) => w === 0)) continue;
      const places: Four = [at(0), at(1), at(2), at(3)];
      if (words) blendWords(words, places, weights, pitch, line, k > 0);
      else blendBytes(data, places, weights, pitch, line, k > 0);
    }
  };
}

/** Every other byte of a word (little-endian, as all that ONNX Runtime is built for): two values, sixteen bits apart. */
const LANES = 0xff00ff;

/**
 * Four values a step: a word is split into two pairs, and one multiplication weighs both values of a pair, since
 * weights sum to 256 and 255 * 256 still fits a lane. A third of the time of going byte by byte.
 */
function blendWords(
  words: Uint32Array,
  at: Four,
  weights: Four,
  length: number,
  line: Line,
  add: boolean,
): void {
  const [a, b, c, d] = at;
  const [wa, wb, wc, wd] = weights;
  const keep = add ? 0xffff : 0;
  for (let j = 0, to = 0; j < length; j++, to += 4) {
    const p = words[a + j] as number;
    const q = words[b + j] as number;
    const r = words[c + j] as number;
    const s = words[d + j] as number;
    const even =
      (Math.imul(p & LANES, wa) +
        Math.imul(q & LANES, wb) +
        (Math.imul(r & LANES, wc) + Math.imul(s & LANES, wd))) |
      0;
    const odd =
      (Math.imul((p >>> 8) & LANES, wa) +
        Math.imul((q >>> 8) & LANES, wb) +
        (Math.imul((r >>> 8) & LANES, wc) + Math.imul((s >>> 8) & LANES, wd))) |
      0;
    // Storing keeps the low sixteen bits, which is the mask of the lower lane.
    line[to] = ((line[to] as number) & keep) + even;
    line[to + 1] = ((line[to + 1] as number) & keep) + odd;
    line[to + 2] = ((line[to + 2] as number) & keep) + (even >>> 16);
    line[to + 3] = ((line[to + 3] as number) & keep) + (odd >>> 16);
  }
}

/** Pictures whose rows are not whole words, such as most crops. */
function blendBytes(
  data: Uint8Array,
  at: Four,
  weights: Four,
  length: number,
  line: Line,
  add: boolean,
): void {
  const [a, b, c, d] = at;
  const [wa, wb, wc, wd] = weights;
  const keep = add ? 0xffff : 0;
  for (let j = 0; j < length; j++) {
    const ab = (Math.imul(wa, data[a + j] as number) + Math.imul(wb, data[b + j] as number)) | 0;
    const cd = (Math.imul(wc, data[c + j] as number) + Math.imul(wd, data[d + j] as number)) | 0;
    line[j] = ((line[j] as number) & keep) + ((ab + cd) | 0);
  }
}
