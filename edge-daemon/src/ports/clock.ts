/** Time is injected, so that decisions can be replayed and tests need not wait. */
export interface Clock {
  /** Milliseconds that never jump; only differences mean anything. */
  monotonic(): number;
  /** Wall-clock time, for records and people. */
  now(): Date;
}

export const systemClock: Clock = {
  monotonic: () => performance.now(),
  now: () => new Date(),
};
