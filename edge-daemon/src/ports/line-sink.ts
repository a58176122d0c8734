import type { TillMessage } from "@tillsight/contracts";

/**
 * How one message to the till ended.
 * `accepted`: the till has it. `refused`: the till has answered no; sending it again changes nothing.
 * `unsent`: certainly not delivered (port missing, not opened), so sending again is safe.
 * `inDoubt`: bytes left us and no answer came; whether it may be sent again depends on `idempotent`.
 */
export type TillOutcome =
  | { readonly kind: "accepted" }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "unsent"; readonly reason: string }
  | { readonly kind: "inDoubt"; readonly reason: string };

export interface LineSinkCapabilities {
  /** One message may say "3 x"; where false, each piece is a message of its own. */
  readonly quantity: boolean;
  readonly void: boolean;
  readonly weight: boolean;
  readonly total: boolean;
}

/** One way of telling a till what was sold. One message is under way at a time: callers queue. */
export interface LineSink {
  readonly protocol: "till-line" | "scanner-ack" | "scanner";
  readonly capabilities: LineSinkCapabilities;
  /** The till (or a persisted sequence number) makes a repeated message count once, also after a crash of ours. */
  readonly idempotent: boolean;
  /**
   * Sends one message and waits for its outcome, within the sink's own time limits and retries.
   * `sequence` is durable and belongs to the message: the same message always comes with the same number.
   * Never rejects for trouble with the line or the till; rejects with the abort reason when `signal` aborts.
   */
  send(message: TillMessage, sequence: number, signal: AbortSignal): Promise<TillOutcome>;
  connected(): boolean;
  onConnection(listener: (connected: boolean) => void): () => void;
  start(): Promise<void>;
  stop(): Promise<void>;
}
