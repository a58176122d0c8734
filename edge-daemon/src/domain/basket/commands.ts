import type { BasketAction, Decision, Product, Sku, TillMessage, TransactionId } from "@tillsight/contracts";
import type { LineSinkCapabilities } from "../../ports/line-sink.js";
import type { BasketEvent, BasketEventBody } from "./events.js";
import { evolve } from "./evolve.js";
import type { Rejection } from "./rejection.js";
import type { BasketState } from "./state.js";

/** One item of a settled tray. */
export interface ObservedItem {
  readonly id: string;
  readonly decision: Decision;
}

/**
 * What may happen to a basket.
 * `tray`: everything that lies on the settled tray, occluded items included; saying the same again changes
 * nothing, so it may be sent for each settled frame, and a frame that was missed is made up by the next.
 * `trayLost`: the tracker began anew, its ids so far mean nothing any more.
 * `till`: how a message to the till ended.
 */
export type BasketCommand =
  | { readonly kind: "tray"; readonly items: readonly ObservedItem[] }
  | { readonly kind: "trayLost" }
  | { readonly kind: "action"; readonly action: BasketAction; readonly by: "shopper" | "attendant" }
  | { readonly kind: "till"; readonly messageId: string; readonly outcome: TillAnswer };

export type TillAnswer =
  | { readonly kind: "accepted" }
  | { readonly kind: "refused" | "inDoubt"; readonly reason: string };

/** What a decision may ask of the world; every call must answer at once and the same within one decision. */
export interface BasketContext {
  /** Wall clock, milliseconds since 1970. */
  now(): number;
  /** A fresh UUID. */
  newId(): string;
  product(sku: Sku): Product | undefined;
  /** ISO 4217 code of the transactions that are opened from now on. */
  readonly currency: string;
  readonly capabilities: LineSinkCapabilities;
  /** True once the first byte of this message may have left, until its outcome is known. */
  underWay(messageId: string): boolean;
  /** A finished sale stays on the screen for this long, also when the tray is cleared sooner. */
  readonly showEndMs: number;
}

export type Decided =
  | { readonly events: readonly BasketEvent[]; readonly messages: readonly TillMessage[] }
  | { readonly rejected: Rejection };

/** One decision in the making: each event is applied at once, so that later steps see what earlier ones did. */
export class Draft {
  state: BasketState;
  readonly events: BasketEvent[] = [];
  readonly messages: TillMessage[] = [];
  readonly context: BasketContext;
  readonly #at: number;

  constructor(state: BasketState, context: BasketContext) {
    this.state = state;
    this.context = context;
    this.#at = Math.round(context.now());
  }

  get at(): number {
    return this.#at;
  }

  emit(body: BasketEventBody, transactionId: TransactionId | null = this.state.transactionId): void {
    const event: BasketEvent = { at: this.#at, transactionId, body };
    this.state = evolve(this.state, event);
    this.events.push(event);
  }

  /** Begins a transaction if none is open. */
  open(): void {
    const { status, helpWanted, trayArmed } = this.state;
    const { currency } = this.context;
    if (status !== "idle" && status !== "done" && status !== "cancelled") return;
    const id = this.context.newId() as TransactionId;
    this.emit({ type: "transactionOpened", currency, helpWanted, trayArmed }, id);
  }
}
