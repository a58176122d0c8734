import type { Network } from "./session.js";

/**
 * Runs a network over `count` inputs that lie one behind another, at most `batch` a call.
 * @param dims of one input, without its number.
 * @returns the outputs one behind another.
 */
export async function runInBatches(
  network: Pick<Network, "run">,
  inputs: Float32Array,
  { count, batch, dims }: { count: number; batch: number; dims: readonly number[] },
): Promise<Float32Array> {
  const each = dims.reduce((product, n) => product * n, 1);
  const parts: Float32Array[] = [];
  for (let at = 0; at < count; at += batch) {
    const size = Math.min(batch, count - at);
    const output = await network.run(inputs.subarray(at * each, (at + size) * each), [size, ...dims]);
    parts.push(output.data as Float32Array);
  }
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let to = 0;
  for (const part of parts) {
    whole.set(part, to);
    to += part.length;
  }
  return whole;
}
