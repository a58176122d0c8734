import { TillsightError } from "@tillsight/contracts";

/** How a part is stopped: also after a `start` that failed half-way. */
interface Begun {
  readonly name: string;
  readonly stop: () => Promise<void> | void;
  readonly stopWithinMs: number;
}

const defaultStopMs = 3_000;
/** All parts together, so that the service manager (TimeoutStopSec=15) never has to kill what is still stopping. */
const defaultTotalMs = 10_000;
/** What a part gets when the others have used the time up: enough to close a file. */
const lastTurnMs = 250;

/** Parts that did not stop cleanly; each with its reason in `errors`. */
export class ShutdownError extends TillsightError {
  readonly code = "SHUTDOWN_INCOMPLETE";

  constructor(readonly errors: readonly { step: string; error: unknown }[]) {
    super(
      `did not stop cleanly: ${errors.map(({ step, error }) => `${step} (${error instanceof Error ? error.message : String(error)})`).join(", ")}`,
      "What was sold is safe on disk; see the log for each part.",
    );
  }
}

/** Rejects when `work` is not done in time; the timer never keeps the process alive. */
async function within(work: Promise<void> | void, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StopTimeoutError(limitMs)), limitMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

class StopTimeoutError extends TillsightError {
  readonly code = "STOP_TIMEOUT";

  constructor(limitMs: number) {
    super(`not stopped within ${limitMs} ms`, "It is ended with the process.");
  }
}

/** Parts of the daemon in the order in which they began; they stop in reverse, each in bounded time. */
export class Parts {
  #begun: Begun[] = [];
  #stopping: Promise<void> | undefined;
  readonly #totalMs: number;

  /** @param totalMs time in which all parts together should have stopped */
  constructor(totalMs = defaultTotalMs) {
    this.#totalMs = totalMs;
  }

  /**
   * Begins a part: from here on `stop` belongs to the shutdown, whether `start` succeeds or not.
   * Rejects with what `start` throws; the caller then stops all parts.
   */
  async begin<T>(
    name: string,
    start: () => Promise<T> | T,
    stop: () => Promise<void> | void,
    stopWithinMs = defaultStopMs,
  ): Promise<T> {
    this.#begun.push({ name, stop, stopWithinMs });
    return start();
  }

  /** Idempotent; every part gets its turn. Rejects with ShutdownError after all of them. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopOnce();
    return this.#stopping;
  }

  async #stopOnce(): Promise<void> {
    const errors: { step: string; error: unknown }[] = [];
    const deadline = performance.now() + this.#totalMs;
    for (const part of this.#begun.reverse()) {
      const left = Math.max(lastTurnMs, deadline - performance.now());
      try {
        await within(part.stop(), Math.min(part.stopWithinMs, left));
      } catch (error) {
        errors.push({ step: part.name, error });
      }
    }
    this.#begun = [];
    if (errors.length > 0) throw new ShutdownError(errors);
  }
}
