import type { Clock } from "../ports/clock.js";
import type { Journal } from "./journal.js";

export interface RetentionOptions {
  readonly journal: Pick<Journal, "prune" | "checkpoint">;
  readonly clock: Clock;
  /** Finished transactions are kept for this many days; the newest one always. */
  readonly keepDays: number;
  readonly onError: (error: unknown) => void;
  /** How often to look, ms. */
  readonly everyMs?: number;
  /** Transactions a step: small, because a sale waits while a step runs. */
  readonly stepSize?: number;
}

const DAY_MS = 86_400_000;

/** Keeps the journal small, in steps that nobody notices. */
export class JournalRetention {
  readonly #options: RetentionOptions;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.step(), this.#options.everyMs ?? 20_000).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** One step; returns how many transactions were dropped. Trouble is reported, not thrown. */
  step(): number {
    const { journal, clock, keepDays, stepSize = 5, onError } = this.#options;
    try {
      const dropped = journal.prune(clock.now().getTime() - keepDays * DAY_MS, stepSize);
      journal.checkpoint();
      return dropped;
    } catch (error) {
      onError(error);
      return 0;
    }
  }
}
