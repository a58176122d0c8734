import type { TillMessage } from "@tillsight/contracts";
import type { TillAnswer } from "../domain/basket/index.js";

/** One message that is to be sent now; it is marked as being sent, durably. */
export interface TillJob {
  readonly message: TillMessage;
  /** Durable and without gaps; the same for every attempt of this message. */
  readonly sequence: number;
  /** How often sending was begun, this time included. */
  readonly attempts: number;
  /** It was marked already: an earlier run ended, or this one lost track, while it was being sent. */
  readonly found: boolean;
}

/** Where the dispatcher gets its work from and reports to; everything in it is durable when it resolves. */
export interface TillQueue {
  /** The oldest open message, now marked as being sent; undefined when there is none, or none may be sent. */
  take(): Promise<TillJob | undefined>;
  /** Certainly nothing was sent: the message waits again, and may be withdrawn. */
  release(messageId: string): Promise<void>;
  finish(messageId: string, outcome: TillAnswer): Promise<void>;
  /** Called when there may be new work; returns the unsubscriber. */
  onWork(listener: () => void): () => void;
}
