import {
  type Basket,
  describeError,
  type LaneNotice,
  type Product,
  type Sku,
  TillMessage,
} from "@tillsight/contracts";
import type { TillJob, TillQueue } from "../dispatch/queue.js";
import {
  type BasketCommand,
  type BasketContext,
  type BasketEvent,
  BasketRefusedError,
  type BasketState,
  basketNotices,
  decide,
  emptyBasket,
  evolve,
  replay,
  type TillAnswer,
  tillStateOf,
  viewBasket,
} from "../domain/basket/index.js";
import type { Clock } from "../ports/clock.js";
import type { LineSink } from "../ports/line-sink.js";
import { JournalError } from "./errors.js";
import type { Journal } from "./journal.js";
import type { OutboxState } from "./outbox.js";

export interface KeeperOptions {
  readonly journal: Journal;
  readonly currency: string;
  /** What the till can be told, and under which protocol; decides how lines are put into messages. */
  readonly sink: Pick<LineSink, "protocol" | "capabilities">;
  readonly product: (sku: Sku) => Product | undefined;
  readonly clock: Clock;
  /** Makes UUIDs. */
  readonly newId: () => string;
  /** How long a finished sale stays on the screen, ms. */
  readonly showEndMs?: number;
  /** Hears of listeners that threw: their trouble is not the basket's. */
  readonly onError: (error: unknown) => void;
}

export type BasketListener = (basket: Basket, events: readonly BasketEvent[]) => void;

/** What becomes of a message's row when an event about it is stored. */
function outcomesOf(events: readonly BasketEvent[]) {
  return events.flatMap(({ body }): { messageId: string; state: OutboxState; reason: string | null }[] => {
    switch (body.type) {
      case "tillAccepted":
        return [{ messageId: body.messageId, state: "done", reason: null }];
      case "tillRefused":
        return [{ messageId: body.messageId, state: "refused", reason: body.reason }];
      case "tillInDoubt":
        return [{ messageId: body.messageId, state: "inDoubt", reason: body.reason }];
      case "doubtSettled":
        return [{ messageId: body.messageId, state: body.onTill ? "done" : "withdrawn", reason: null }];
      case "messageWithdrawn":
        return [{ messageId: body.messageId, state: "withdrawn", reason: null }];
      default:
        return [];
    }
  });
}

/**
 * The one owner of the basket and its journal. Everything that happens to a basket goes through here, one
 * thing after the other: decide, store durably, and only then show.
 */
export class BasketKeeper implements TillQueue {
  readonly #options: KeeperOptions;
  readonly #listeners = new Set<BasketListener>();
  #state: BasketState;
  #tail: Promise<unknown> = Promise.resolve();
  #trouble: JournalError | null = null;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#state = emptyBasket(options.currency);
  }

  /**
   * Opens the journal and brings the open transaction back, exactly.
   *
   * @throws JournalError
   */
  async start(): Promise<void> {
    const { journal, currency } = this.#options;
    const events = journal.open();
    try {
      this.#state = replay(events, currency);
    } catch (cause) {
      journal.close();
      throw new JournalError("JOURNAL_DAMAGED", `${journal.path}: ${describeError(cause)}`, { cause });
    }
    // An idle lane takes its currency from the configuration of today.
    if (this.#state.transactionId === null) this.#state = { ...this.#state, currency };
    await this.act({ kind: "trayLost" });
    await this.#takeOverOtherProtocols();
  }

  /** Finishes what was begun and closes the journal. Idempotent. */
  async stop(): Promise<void> {
    await this.#serial(() => this.#options.journal.close());
  }

  get basket(): Basket {
    return viewBasket(this.#state);
  }

  /** False while goods of a finished sale lie on the tray: nothing on it is charged until it was empty once. */
  get trayArmed(): boolean {
    return this.#state.trayArmed;
  }

  /** What the attendant or a technician must know: of the basket, and of the journal. */
  notices(): LaneNotice[] {
    const trouble = this.#trouble;
    const notices = basketNotices(this.#state, this.#options.sink.capabilities);
    if (trouble)
      notices.unshift({ code: trouble.code, severity: "fault", text: trouble.message, fix: trouble.fix });
    return notices;
  }

  /** Messages of the open transaction that the till has not answered. */
  waiting(): number {
    const { lines, totalMessage } = this.#state;
    const messages = [...lines.flatMap((line) => [...line.pieces, line.voiding]), totalMessage];
    return messages.filter((message) => message?.state === "queued").length;
  }

  /** Called after each change, once it is durable; returns the unsubscriber. */
  onChange(listener: BasketListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Carries out one command, after those that came before it.
   *
   * @returns the basket after it, durable
   * @throws BasketRefusedError when the basket does not allow it
   * @throws JournalError when it cannot be stored; nothing has changed then
   */
  act(command: BasketCommand): Promise<Basket> {
    return this.#serial(() => this.#carryOut(command));
  }

  /** Resolves when everything asked before is done: a sign that neither basket nor journal is stuck. */
  settled(): Promise<void> {
    return this.#serial(() => undefined);
  }

  take(): Promise<TillJob | undefined> {
    return this.#serial(() => {
      // Nothing is sent after a doubtful line, so that it is the last one on the till for whoever looks.
      if (this.#state.lines.some((line) => tillStateOf(line) === "inDoubt")) return undefined;
      const row = this.#stored(() => this.#options.journal.nextMessage(this.#destination));
      if (!row) return undefined;
      const message = TillMessage.parse(JSON.parse(row.payload));
      const found = row.state === "sending";
      const begun = found ? row : this.#stored(() => this.#options.journal.beginSend(row.messageId));
      return { message, sequence: begun.sequence ?? 0, attempts: begun.attempts, found };
    });
  }

  release(messageId: string): Promise<void> {
    return this.#serial(() => this.#stored(() => this.#options.journal.release(messageId)));
  }

  async finish(messageId: string, outcome: TillAnswer): Promise<void> {
    await this.act({ kind: "till", messageId, outcome });
  }

  onWork(listener: () => void): () => void {
    return this.onChange(listener);
  }

  /** Each protocol numbers its messages on its own, so each is a receiver of its own. */
  get #destination(): string {
    return `till/${this.#options.sink.protocol}`;
  }

  #carryOut(command: BasketCommand): Basket {
    const decided = decide(this.#state, command, this.#context());
    if ("rejected" in decided) throw new BasketRefusedError(decided.rejected);
    if (decided.events.length === 0) return this.basket;
    const outbox = decided.messages.map((message) => ({
      destination: this.#destination,
      messageId: message.messageId,
      transactionId: message.transactionId,
      payload: JSON.stringify(TillMessage.parse(message)),
    }));
    const { events } = decided;
    this.#stored(() => this.#options.journal.append({ events, outbox, outcomes: outcomesOf(events) }));
    this.#state = events.reduce(evolve, this.#state);
    this.#publish(events);
    return this.basket;
  }

  #context(): BasketContext {
    const { clock, newId, product, sink, journal, currency, showEndMs = 5_000 } = this.#options;
    return {
      currency,
      now: () => clock.now().getTime(),
      newId,
      product,
      capabilities: sink.capabilities,
      underWay: (messageId) => journal.message(messageId)?.state === "sending",
      showEndMs,
    };
  }

  #publish(events: readonly BasketEvent[]): void {
    const { basket } = this;
    for (const listener of this.#listeners) {
      try {
        listener(basket, events);
      } catch (error) {
        this.#options.onError(error);
      }
    }
  }

  /** Messages that were planned for another protocol do not fit this one: a person decides about each. */
  async #takeOverOtherProtocols(): Promise<void> {
    for (const row of this.#options.journal.messagesFor("till/", this.#destination)) {
      const reason = `the till's protocol was changed from ${row.destination.slice("till/".length)}`;
      const kind = row.state === "sending" ? "inDoubt" : "refused";
      await this.finish(row.messageId, { kind, reason });
    }
  }

  #stored<T>(work: () => T): T {
    try {
      const result = work();
      this.#trouble = null;
      return result;
    } catch (error) {
      if (error instanceof JournalError) this.#trouble = error;
      throw error;
    }
  }

  #serial<T>(work: () => T): Promise<T> {
    const result = this.#tail.then(work);
    this.#tail = result.catch(() => undefined);
    return result;
  }
}
