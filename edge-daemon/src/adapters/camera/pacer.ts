import { setTimeout as sleep } from "node:timers/promises";

/** Holds a recording back to its own rate; a late picture does not make the next ones hurry. */
export class Pacer {
  readonly #intervalMs: number;
  #due = 0;

  /** @param fps pictures a second, above 0 */
  constructor(fps: number) {
    this.#intervalMs = 1000 / fps;
  }

  async next(): Promise<void> {
    const now = performance.now();
    this.#due = Math.max(now, this.#due);
    await sleep(this.#due - now);
    this.#due += this.#intervalMs;
  }
}
