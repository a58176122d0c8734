import type { TillMessage } from "@tillsight/contracts";
import type { Draft, TillAnswer } from "./commands.js";
import { subjectOf, unitsOnTill } from "./evolve-till.js";
import { planTillMessages } from "./plan-till.js";
import { type LineState, tillStateOf, totalOf } from "./state.js";

/** Sends `units` of the line's pieces, in place of the messages in `replaces`. */
export function queueLine(
  draft: Draft,
  line: LineState,
  units = line.quantity,
  replaces: string[] = [],
): void {
  const { transactionId } = draft.state;
  if (!transactionId) return;
  const { capabilities, newId } = draft.context;
  const messages = planTillMessages(line, transactionId, capabilities, newId, units);
  const queued = messages.map((m) => ({ messageId: m.messageId, units: m.quantity }));
  draft.emit({ type: "lineQueued", lineItemId: line.id, messages: queued, replaces });
  draft.messages.push(...messages);
}

export function queueBasket(draft: Draft): void {
  for (const line of draft.state.lines) queueLine(draft, line);
}

export function queueVoid(draft: Draft, line: LineState): void {
  const { transactionId } = draft.state;
  if (!transactionId) return;
  const messageId = draft.context.newId();
  draft.emit({ type: "voidQueued", lineItemId: line.id, messageId });
  draft.messages.push({ kind: "void", messageId, transactionId, lineItemId: line.id });
}

export function queueTotal(draft: Draft): void {
  const { transactionId, lines } = draft.state;
  if (!transactionId) return;
  const messageId = draft.context.newId();
  draft.emit({ type: "totalQueued", messageId });
  const message: TillMessage = {
    kind: "total",
    messageId,
    transactionId,
    lines: lines.filter((line) => !line.voided).length,
    total: totalOf(draft.state),
  };
  draft.messages.push(message);
}

/** Takes back what the till was never told; the caller has made sure that nothing is under way. */
export function withdrawQueued(draft: Draft, of: readonly LineState[] = draft.state.lines): void {
  const total = of === draft.state.lines ? [draft.state.totalMessage] : [];
  const messages = [...of.flatMap((line) => [...line.pieces, line.voiding]), ...total];
  for (const message of messages)
    if (message?.state === "queued") draft.emit({ type: "messageWithdrawn", messageId: message.messageId });
}

/**
 * Ends the transaction, or tells the till its total, once every line is settled or void. A till that heard
 * of lines hears the total also when all of them were voided: it must close its receipt too.
 */
export function closeIfFinished(draft: Draft): void {
  const { state, context } = draft;
  if (state.status !== "paying") return;
  const tills = state.lines.map(tillStateOf);
  if (!tills.every((till) => till === "settled" || till === "voided")) return;
  const reachedTill = state.lines.some((line) => unitsOnTill(line) > 0);
  if (context.capabilities.total && reachedTill) {
    if (state.totalMessage === null) queueTotal(draft);
    if (state.totalMessage?.state !== "settled") return;
  }
  if (tills.includes("settled")) draft.emit({ type: "transactionDone" });
  else draft.emit({ type: "transactionCancelled", reason: "voided" });
}

const answered = { accepted: "tillAccepted", refused: "tillRefused", inDoubt: "tillInDoubt" } as const;

/**
 * Takes in how a message ended. An answer about a message that is settled already, or of a transaction that
 * is over, changes nothing: the outcome of one message may be reported again after a crash.
 */
export function decideTill(draft: Draft, messageId: string, outcome: TillAnswer): void {
  const subject = subjectOf(draft.state, messageId);
  if (subject?.piece.state !== "queued") return;
  if (outcome.kind === "accepted") draft.emit({ type: answered.accepted, messageId });
  else draft.emit({ type: answered[outcome.kind], messageId, reason: outcome.reason });
  closeIfFinished(draft);
}
