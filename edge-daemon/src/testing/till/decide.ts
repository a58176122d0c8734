import type { TillMessage, TillReceiptLine } from "@tillsight/contracts";
import type { NakReason, TillLineAnswer, TillLineRequest } from "../../pos/till-line/messages.js";
import { TILL_LINE_VERSION } from "../../pos/till-line/messages.js";
import type { BookEntry, TillBook } from "./book.js";

/** What the till says to one request, and what it must have on disk before it says so. */
export interface Decision {
  readonly answer: TillLineAnswer;
  readonly book: TillMessage | null;
}

type Books = Pick<TillBook, "known" | "lines" | "lastMessage">;

/** The reference till's rules; a pure function of what it has booked. */
export function decide(request: TillLineRequest, books: Books, name: string): Decision {
  const last = books.lastMessage();
  if (request.kind === "query") {
    const answer = {
      kind: "last",
      sequence: last?.sequence ?? null,
      messageId: last?.messageId ?? null,
    } as const;
    return { answer, book: null };
  }
  if (request.kind === "hello") {
    if (request.protocol !== TILL_LINE_VERSION)
      return nak(null, "unsupported-version", `this till speaks version ${TILL_LINE_VERSION}`);
    const lastSequence = last?.sequence ?? null;
    return { answer: { kind: "welcome", protocol: TILL_LINE_VERSION, till: name, lastSequence }, book: null };
  }
  const known = books.known(request);
  if (known === "same") return { answer: ack(request, true), book: null };
  if (known === "different")
    return nak(request, "conflict", "this message id is booked with another content");
  return (
    refusal(request, books.lines(request.transactionId)) ?? { answer: ack(request, false), book: request }
  );
}

function refusal(message: TillMessage, lines: ReadonlyMap<string, number>): Decision | null {
  if (message.kind === "void" && !lines.has(message.lineItemId))
    return nak(message, "unknown-line", "no such line is booked here");
  if (message.kind !== "total") return null;
  const sum = [...lines.values()].reduce((a, b) => a + b, 0);
  if (sum === message.total.minor && lines.size === message.lines) return null;
  return nak(message, "totals-differ", `booked here: ${lines.size} lines, ${sum}`);
}

const ack = (message: TillMessage, duplicate: boolean): TillLineAnswer => ({
  kind: "ack",
  messageId: message.messageId,
  duplicate,
});

const nak = (message: TillMessage | null, reason: NakReason, detail: string): Decision => ({
  answer: { kind: "nak", messageId: message?.messageId ?? null, reason, detail },
  book: null,
});

/** What the till's display or journal roll would show; `earlier` finds the line that a void takes back. */
export function receiptLine(entry: BookEntry, earlier: readonly BookEntry[]): TillReceiptLine {
  const { at, kind } = entry;
  switch (entry.kind) {
    case "scan":
      return { at, kind: "scan", text: entry.code, total: null };
    case "item": {
      const amount = entry.grams === null ? `${entry.quantity} x` : `${(entry.grams / 1000).toFixed(3)} kg`;
      return { at, kind, text: `${amount} ${entry.description}`, total: entry.total };
    }
    case "void": {
      const line = earlier.find((e) => e.kind === "item" && e.lineItemId === entry.lineItemId);
      const text = line?.kind === "item" ? line.description : entry.lineItemId;
      const total =
        line?.kind === "item" ? { minor: -line.total.minor, currency: line.total.currency } : null;
      return { at, kind, text: `VOID ${text}`, total };
    }
    case "total":
      return { at, kind, text: `TOTAL ${entry.lines} lines`, total: entry.total };
  }
}
