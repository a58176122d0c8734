import type { Journal } from "../journal/index.js";
import type { UpOutbox } from "./outbox.js";
import { recordsOf } from "./sale-of.js";

export interface CollectorOptions {
  readonly journal: Pick<Journal, "endedAfter" | "lastLsn">;
  readonly outbox: Pick<UpOutbox, "add" | "collectedLsn">;
  /** Hears after each round how it went. */
  readonly onDone: (error?: unknown) => void;
}

/** Small, because a sale waits while a step runs. */
const stepSize = 5;

/**
 * Brings finished transactions from the journal into the outbox. The journal is the truth and the cursor moves with
 * what is stored, so that a crash at any moment neither loses nor doubles a sale.
 */
export class SaleCollector {
  readonly #o: CollectorOptions;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(options: CollectorOptions) {
    this.#o = options;
  }

  /** Collects all there is, letting others in between; trouble is reported, and the next call tries again. */
  collect(): Promise<void> {
    this.#running ??= this.#collect().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #collect(): Promise<void> {
    const { journal, outbox } = this.#o;
    try {
      // A journal that was put aside begins anew; ids keep what is collected twice from counting twice.
      if (journal.lastLsn < outbox.collectedLsn) outbox.add([], 0);
      while (!this.#stopped && this.#step()) await new Promise(setImmediate);
      this.#o.onDone();
    } catch (error) {
      this.#o.onDone(error);
    }
  }

  #step(): boolean {
    const { journal, outbox } = this.#o;
    const ended = journal.endedAfter(outbox.collectedLsn, stepSize);
    for (const { openedLsn, events } of ended) outbox.add(recordsOf(events), openedLsn);
    return ended.length === stepSize;
  }
}
