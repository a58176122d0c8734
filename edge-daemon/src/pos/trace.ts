import { describeError, type TillsightError } from "@tillsight/contracts";
import type { TillOutcome } from "../ports/line-sink.js";
import { hex } from "./bytes.js";
import type { DiscardReason } from "./step.js";

/** Everything that happens on the line, for log, metrics and tests. */
export type TillTrace =
  | { readonly event: "opened"; readonly path: string }
  | { readonly event: "fault"; readonly error: TillsightError }
  | { readonly event: "sent"; readonly bytes: Uint8Array }
  | { readonly event: "received"; readonly bytes: Uint8Array }
  | { readonly event: "discarded"; readonly bytes: Uint8Array; readonly why: DiscardReason }
  | { readonly event: "stray"; readonly what: string }
  | { readonly event: "noAnswer"; readonly attempt: number }
  | { readonly event: "outcome"; readonly sequence: number; readonly outcome: TillOutcome };

/** One line of text, bytes as hex with their direction. */
export function describeTrace(trace: TillTrace): string {
  switch (trace.event) {
    case "opened":
      return `opened ${trace.path}`;
    case "fault":
      return describeError(trace.error);
    case "sent":
      return `> ${hex(trace.bytes)}`;
    case "received":
      return `< ${hex(trace.bytes)}`;
    case "discarded":
      return `discarded (${trace.why}) ${hex(trace.bytes)}`;
    case "stray":
      return `late or foreign answer: ${trace.what}`;
    case "noAnswer":
      return `no answer to transmission ${trace.attempt}`;
    case "outcome": {
      const { outcome } = trace;
      return `message ${trace.sequence}: ${outcome.kind}${"reason" in outcome ? ` (${outcome.reason})` : ""}`;
    }
  }
}

/** Counts since start, each one up. */
export interface TillCounters {
  /** Frames written, retransmissions and probes included. */ transmissions: number;
  /** Transmissions that got no answer in time. */ silences: number;
  /** Pieces of rubbish that were received. */ discarded: number;
  /** Answers that belonged to something else. */ strays: number;
  /** Times the port was opened. */ opens: number;
  accepted: number;
  refused: number;
  unsent: number;
  inDoubt: number;
}

export const noTillCounts = (): TillCounters => ({
  transmissions: 0,
  silences: 0,
  discarded: 0,
  strays: 0,
  opens: 0,
  accepted: 0,
  refused: 0,
  unsent: 0,
  inDoubt: 0,
});

export function count(counters: TillCounters, trace: TillTrace): void {
  if (trace.event === "sent") counters.transmissions++;
  else if (trace.event === "noAnswer") counters.silences++;
  else if (trace.event === "discarded") counters.discarded++;
  else if (trace.event === "stray") counters.strays++;
  else if (trace.event === "opened") counters.opens++;
  else if (trace.event === "outcome") counters[trace.outcome.kind]++;
}
