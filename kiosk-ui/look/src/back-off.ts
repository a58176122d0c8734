/** Milliseconds until the next try, before jitter; the last one repeats. */
const delays = [250, 500, 1000, 2000, 3000];

/**
 * How long to wait before a connection is tried anew, ms.
 *
 * @param random 0..1, injected so that a test need not roll dice
 */
export function reconnectDelay(failures: number, random: () => number): number {
  const delay = delays[Math.min(failures, delays.length - 1)] ?? 3000;
  return Math.round(delay * (0.8 + 0.4 * random()));
}
