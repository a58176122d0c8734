import { crc32 } from "node:zlib";
import { dequantise, quantise } from "@tillsight/sync-protocol";

/** A label of the index and its cosine similarity to the query. */
export interface Hit {
  readonly label: number;
  readonly score: number;
}

/** Little-endian f32, as SQLite keeps it. */
export const toBlob = (vector: Float32Array): Buffer =>
  Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);

/** As headquarters' bytes (see the sync protocol): a quarter of the disk and of what a cold start reads. */
export const toBytes = (vector: Float32Array): Buffer => Buffer.from(quantise(vector).buffer);

/** What `toBytes` made. */
export const fromBytes = (blob: Uint8Array): Float32Array =>
  dequantise(new Int8Array(blob.buffer, blob.byteOffset, blob.byteLength));

/** A copy, because a Buffer from SQLite need not be aligned for floats. */
export function fromBlob(blob: Uint8Array): Float32Array {
  return new Float32Array(blob.slice().buffer);
}

/** Tells two vectors apart that were given the same label, as after a restored backup. */
export const vectorTag = (vector: Float32Array): number => crc32(toBlob(vector));

export function dot(a: ArrayLike<number>, aOffset: number, b: ArrayLike<number>, size: number): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += (a[aOffset + i] as number) * (b[i] as number);
  return sum;
}

/**
 * A copy of length 1, or the reason why `numbers` is no embedding: it must have `size` finite numbers and a
 * length within 2 % of 1 (embedders normalise; rounding on the way is forgiven, a raw output is not).
 */
export function checkUnit(numbers: ArrayLike<number>, size: number): Float32Array | string {
  if (numbers.length !== size) return `a vector has ${numbers.length} numbers, the embedder gives ${size}`;
  const vector = Float32Array.from(numbers);
  const length = Math.sqrt(dot(vector, 0, vector, size));
  if (!Number.isFinite(length)) return "a vector holds a number that is not finite";
  if (Math.abs(length - 1) > 0.02) return `a vector has length ${length.toFixed(3)} instead of 1`;
  for (let i = 0; i < size; i++) vector[i] = (vector[i] as number) / length;
  return vector;
}

/** The `k` best of `hits`, best first; equal scores by label, so that answers do not depend on build order. */
export function best(hits: Hit[], k: number): Hit[] {
  return hits.sort((a, b) => b.score - a.score || a.label - b.label).slice(0, k);
}

/** Exact search: the reference that the index is measured against. Cost: one dot product a vector. */
export function exactNearest(
  vectors: Iterable<readonly [number, Float32Array]>,
  query: Float32Array,
  k: number,
): Hit[] {
  const top: Hit[] = [];
  for (const [label, vector] of vectors) {
    const score = dot(vector, 0, query, query.length);
    if (top.length === k && score <= (top[k - 1] as Hit).score) continue;
    insert(top, { label, score }, k);
  }
  return top;
}

/** Keeps `top` sorted, best first, and no longer than `k`. */
export function insert(top: Hit[], hit: Hit, k: number): void {
  let at = top.length;
  while (at > 0 && (top[at - 1] as Hit).score < hit.score) at--;
  top.splice(at, 0, hit);
  if (top.length > k) top.pop();
}
