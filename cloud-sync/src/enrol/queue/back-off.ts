export interface BackOff {
  /** Of the first repetition, ms. */
  readonly firstMs: number;
  readonly mostMs: number;
}

export const usualBackOff: BackOff = { firstMs: 2_000, mostMs: 300_000 };

/**
 * Milliseconds from the failure of try `attempt` (1, 2, …) to the next: doubled each time, then spread by a quarter
 * either way so that what failed together does not come back together. `chance` is 0..1.
 */
export const delayAfter = (
  attempt: number,
  chance: number,
  { firstMs, mostMs }: BackOff = usualBackOff,
): number => Math.round(Math.min(mostMs, firstMs * 2 ** (attempt - 1)) * (0.75 + chance / 2));
