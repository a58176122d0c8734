/** Unit vectors of one product's pictures. */
type Pictures = readonly Float32Array[];

/** Neighbours that are averaged: one picture by itself may be the one that is wrong. */
const NEIGHBOURS = 2;

/** References that a product must have before any is judged: of fewer, one that is wrong may be half of what speaks. */
export const JUDGED_FROM = 5;

/** A picture that strays by this is probably of the other product; measured in docs/recognition.md. */
export const STRAYS_FROM = 0.15;

function similarity(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/**
 * Which `most` of a product's pictures stand best for all of them: each step takes the one that brings every picture
 * nearest to one that is kept (greedy facility location). Outermost pictures (k-centre) were measured, too: they are
 * the odd ones, and name fewer goods.
 *
 * @param settled positions that stay in any case.
 * @returns positions, those settled first, then the most telling first; the same pictures in another order give the same ones but for ties.
 */
export function chooseReferences(
  pictures: Pictures,
  most: number,
  settled: readonly number[] = [],
): number[] {
  const alike = pictures.map((a) => pictures.map((b) => similarity(a, b)));
  const kept = [...settled];
  const covered = pictures.map((_, at) => Math.max(-1, ...kept.map((k) => alike[k]?.[at] as number)));
  const gain = (row: readonly number[]) =>
    row.reduce((sum, s, at) => sum + Math.max(0, s - (covered[at] as number)), 0);
  while (kept.length < Math.min(most, pictures.length)) {
    const gains = alike.map((row, at) => (kept.includes(at) ? Number.NEGATIVE_INFINITY : gain(row)));
    const next = gains.indexOf(Math.max(...gains));
    kept.push(next);
    (alike[next] as number[]).forEach((s, at) => {
      covered[at] = Math.max(covered[at] as number, s);
    });
  }
  return kept;
}

/** Mean similarity to the nearest `count` of them. */
function nearness(scores: readonly number[], count: number): number {
  const best = [...scores].sort((a, b) => b - a).slice(0, count);
  return best.reduce((sum, s) => sum + s, 0) / best.length;
}

/**
 * By how much a picture is nearer to another product than to its own, -2..2: as many of either side's pictures are
 * looked at, at most two. Null where one side has too few to say: one lone picture of each says only that the two
 * are alike, not which of them is wrong.
 *
 * @param own similarities to the other pictures of its own product; `other` to those of another one.
 */
export function straying(own: readonly number[], other: readonly number[]): number | null {
  if (own.length === 0 || other.length < 2) return null;
  const count = Math.min(NEIGHBOURS, own.length, other.length);
  return nearness(other, count) - nearness(own, count);
}
