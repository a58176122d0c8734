/**
 * Waits between attempts, ms: `first`, then `factor` times as long each time, never more than `most`.
 *
 * @param jitter gives 0 (inclusive) to 1; a wait is shortened by up to a fifth, so that devices which failed
 * together do not come back together
 */
export function* backOff(
  { first, factor, most }: { first: number; factor: number; most: number },
  jitter: () => number = Math.random,
): Generator<number, never, void> {
  let wait = first;
  while (true) {
    yield Math.round(wait * (1 - jitter() / 5));
    wait = Math.min(wait * factor, most);
  }
}
