/** Wrong PINs so far and until when further tries are refused, in monotonic milliseconds. */
export interface PinLock {
  readonly wrong: number;
  readonly lockedUntil: number;
}

export const openLock: PinLock = { wrong: 0, lockedUntil: 0 };

/** Wrong tries that cost nothing: people mistype. */
const freeTries = 5;
const firstLockMs = 30_000;
/** At this pace all 10,000 four-digit PINs take more than 100 days. */
const longestLockMs = 15 * 60_000;

/** Milliseconds until the next try is heard; 0 when it may be made now. */
export const lockedFor = (lock: PinLock, now: number): number => Math.max(0, lock.lockedUntil - now);

/** The lock after one more wrong PIN: the sixth locks for 30 s, each further one for twice as long, at most 15 min. */
export function afterWrongPin(lock: PinLock, now: number): PinLock {
  const wrong = lock.wrong + 1;
  if (wrong <= freeTries) return { wrong, lockedUntil: 0 };
  const lockMs = Math.min(firstLockMs * 2 ** (wrong - freeTries - 1), longestLockMs);
  return { wrong, lockedUntil: now + lockMs };
}
