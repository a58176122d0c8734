import type { UpBatch, UpReceipt } from "@tillsight/contracts";
import type { Clock } from "../ports/clock.js";
import type { UpOutbox } from "./outbox.js";

export interface SenderOptions {
  readonly outbox: Pick<UpOutbox, "nextBatch" | "accept">;
  readonly clock: Clock;
  /** Hands a batch to the broker; false when there is no connection. */
  readonly send: (batch: UpBatch) => boolean;
}

/** First wait for a receipt, ms; doubled up to 16 times that while headquarters is silent. */
const receiptWaitMs = 5_000;

/**
 * One batch at a time until headquarters has confirmed it: order by construction, and a headquarters that is slow
 * slows its lanes down instead of drowning.
 */
export class Sender {
  readonly #o: SenderOptions;
  #batch: UpBatch | undefined;
  #sentAt = 0;
  #unanswered = 0;
  #rewinds = 0;

  constructor(options: SenderOptions) {
    this.#o = options;
  }

  /** Sends what is due: the next batch, or the same one again when its receipt is late. */
  step(): void {
    const { outbox, clock, send } = this.#o;
    const now = clock.monotonic();
    if (this.#batch && now - this.#sentAt < this.#patienceMs) return;
    this.#batch ??= outbox.nextBatch();
    if (!this.#batch || !send(this.#batch)) return;
    this.#sentAt = now;
    this.#unanswered++;
  }

  /** A receipt for anything but the batch under way is an echo: two copies of headquarters both answer. */
  receipt(receipt: UpReceipt): void {
    const batch = this.#batch;
    const last = batch?.records.at(-1)?.n;
    if (!batch || receipt.stream !== batch.stream || receipt.outbox !== batch.outbox || receipt.last !== last)
      return;
    if (receipt.upTo < batch.after) this.#rewinds++;
    this.#o.outbox.accept(receipt);
    this.#batch = undefined;
    this.#unanswered = 0;
    this.step();
  }

  /** What was on its way is sent again at once: the other side may never have got it. */
  connected(): void {
    this.#sentAt = Number.NEGATIVE_INFINITY;
    this.#unanswered = 0;
    this.step();
  }

  /** Batches in a row, or one again and again, without a receipt. */
  get unanswered(): number {
    return this.#unanswered;
  }

  /** Times that headquarters had less than it once confirmed. */
  get rewinds(): number {
    return this.#rewinds;
  }

  get #patienceMs(): number {
    return receiptWaitMs * 2 ** Math.min(4, Math.max(0, this.#unanswered - 1));
  }
}
