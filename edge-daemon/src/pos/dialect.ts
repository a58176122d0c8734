import type { TillMessage } from "@tillsight/contracts";
import type { LineSink, LineSinkCapabilities } from "../ports/line-sink.js";
import type { ExchangeInput, ExchangePlan } from "./exchange.js";
import type { DecodeNext } from "./step.js";

/** What is under way: the frame's sequence, and the message it carries (null for hello and query). */
export interface Pending {
  readonly sequence: number;
  readonly messageId: string | null;
  readonly bytes: Uint8Array;
}

/** What one received frame means for what is under way, and a word for the log. */
export interface Heard {
  readonly input: ExchangeInput;
  readonly text: string;
}

/** One protocol, as pure functions: the same sink drives all of them. */
export interface Dialect<F = unknown> {
  readonly protocol: LineSink["protocol"];
  readonly capabilities: LineSinkCapabilities;
  readonly idempotent: boolean;
  readonly plan: ExchangePlan;
  /** The frame of a message, or why this protocol cannot carry it. */
  encode(message: TillMessage, sequence: number): Pending | { readonly refused: string };
  readonly decode: DecodeNext<F>;
  hear(frame: F, pending: Pending | null): Heard;
  /** A question that a living till answers; null where the protocol has none. */
  readonly hello: Pending | null;
}
