import type { Frame } from "../../ports/camera.js";

/** Hands the next frame to everybody who waits for it. Frames that come while nobody waits are not kept. */
export class NextFrame {
  readonly #waiting = new Set<(frame: Frame | undefined) => void>();
  #ended = false;

  get awaited(): boolean {
    return this.#waiting.size > 0;
  }

  /** Undefined when the signal aborts, or there will be no more frames. */
  wait(signal: AbortSignal): Promise<Frame | undefined> {
    if (signal.aborted || this.#ended) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const settle = (frame: Frame | undefined): void => {
        signal.removeEventListener("abort", abort);
        this.#waiting.delete(settle);
        resolve(frame);
      };
      const abort = (): void => settle(undefined);
      signal.addEventListener("abort", abort, { once: true });
      this.#waiting.add(settle);
    });
  }

  give(frame: Frame): void {
    for (const settle of [...this.#waiting]) settle(frame);
  }

  end(): void {
    this.#ended = true;
    for (const settle of [...this.#waiting]) settle(undefined);
  }
}
