import { InvalidInputError } from "@tillsight/contracts";

/**
 * A unit vector as bytes: the largest number becomes 127 or -127, the others follow. Only the direction of an
 * embedding counts, so no scale travels along.
 *
 * @throws InvalidInputError when all numbers are zero or one is not finite.
 */
export function quantise(vector: ArrayLike<number>): Int8Array {
  let largest = 0;
  for (let i = 0; i < vector.length; i++) largest = Math.max(largest, Math.abs(vector[i] as number));
  if (!(largest > 0) || !Number.isFinite(largest))
    throw new InvalidInputError("a vector has no direction", "Embed the picture again.");
  const codes = new Int8Array(vector.length);
  for (let i = 0; i < codes.length; i++) codes[i] = Math.round(((vector[i] as number) * 127) / largest);
  return codes;
}

/** The unit vector that lane and headquarters both compute with; `quantise` gives the same bytes again. */
export function dequantise(codes: Int8Array): Float32Array {
  let sum = 0;
  for (const code of codes) sum += code * code;
  const length = Math.sqrt(sum);
  const vector = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) vector[i] = (codes[i] as number) / length;
  return vector;
}

/** Whether these bytes are what `quantise` makes. */
export function isQuantised(codes: Int8Array): boolean {
  let largest = 0;
  for (const code of codes) {
    if (code === -128) return false;
    largest = Math.max(largest, Math.abs(code));
  }
  return largest === 127;
}
