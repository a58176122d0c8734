/** Resolves after `ms` milliseconds; rejects with the signal's reason when it aborts first. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}

/** Values put by callbacks, taken one at a time by one waiter. */
export class Inbox<T> {
  readonly #values: T[] = [];
  #wake: (() => void) | undefined;

  put(value: T): void {
    this.#values.push(value);
    this.#wake?.();
  }

  /** The next value, or undefined after `ms`. Rejects with the signal's reason when it aborts first. */
  take(ms: number, signal: AbortSignal): Promise<T | undefined> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#values.length > 0) return Promise.resolve(this.#values.shift());
    return new Promise((resolve, reject) => {
      const finish = (act: () => void) => {
        clearTimeout(timer);
        signal.removeEventListener("abort", stop);
        this.#wake = undefined;
        act();
      };
      const stop = () => finish(() => reject(signal.reason));
      const timer = Number.isFinite(ms) ? setTimeout(() => finish(() => resolve(undefined)), ms) : undefined;
      signal.addEventListener("abort", stop, { once: true });
      this.#wake = () => finish(() => resolve(this.#values.shift()));
    });
  }
}

/** One after the other, in the order of asking; a waiter whose signal aborts leaves the queue. */
export class Turnstile {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#last;
    const mine = (async () => {
      await untilAborted(before, signal);
      return work();
    })();
    // Whoever comes next waits for all before, also when one of them gave up early.
    this.#last = Promise.allSettled([before, mine]);
    return mine;
  }
}

/** The promise's own end, or the signal's reason if that comes first. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** Delays that grow by `factor` from `first` up to `max`, for ever; milliseconds. */
export function* retryDelays(first: number, max: number, factor = 2): Generator<number, never> {
  for (let delay = first; ; delay = Math.min(max, delay * factor)) yield Math.min(delay, max);
}
