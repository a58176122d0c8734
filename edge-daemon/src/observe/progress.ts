import type { Clock } from "../ports/clock.js";

/**
 * Last sign of life of each loop that must never stand still. The watchdog is fed only while all are fresh,
 * so that a process which merely answers timers is not taken for a working one.
 */
export class ProgressBoard {
  readonly #clock: Clock;
  readonly #loops = new Map<string, { staleAfterMs: number; at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Starts watching a loop; the returned function is its sign of life. */
  watch(loop: string, staleAfterMs: number): () => void {
    const entry = { staleAfterMs, at: this.#clock.monotonic() };
    this.#loops.set(loop, entry);
    return () => {
      entry.at = this.#clock.monotonic();
    };
  }

  unwatch(loop: string): void {
    this.#loops.delete(loop);
  }

  /** Loops whose last sign of life is older than they allow. */
  stale(): string[] {
    const now = this.#clock.monotonic();
    return [...this.#loops].filter(([, l]) => now - l.at > l.staleAfterMs).map(([name]) => name);
  }
}
