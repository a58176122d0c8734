import type { BasketAction, LineItemId } from "@tillsight/contracts";
import type { Draft } from "./commands.js";
import { onOpenLine, removeLine } from "./decide-shopper.js";
import { closeIfFinished, queueLine, queueTotal, queueVoid, withdrawQueued } from "./decide-till.js";
import { unitsOnTill } from "./evolve-till.js";
import { type Rejection, reject } from "./rejection.js";
import { type LineState, needOf, tillStateOf } from "./state.js";

type Action<T extends BasketAction["do"]> = Extract<BasketAction, { do: T }>;
type Verdict = Rejection | undefined;

export function dismissHelp(draft: Draft): Verdict {
  if (draft.state.helpWanted) draft.emit({ type: "helpDismissed" });
  return undefined;
}

/** One approval holds for the whole transaction; a refusal takes the line out. */
export function approveAge(draft: Draft, action: Action<"approveAge">): Verdict {
  return onOpenLine(draft, action.line, (line) => {
    const minAge = line.product?.minAge ?? null;
    if (minAge === null || needOf(line, draft.state.approvedAge) !== "ageApproval")
      return reject("NO_AGE_CHECK");
    if (action.approved) draft.emit({ type: "ageApproved", lineItemId: line.id, minAge });
    else draft.emit({ type: "lineRemoved", lineItemId: line.id, reason: "ageRefused" });
    return undefined;
  });
}

function onPayingLine(draft: Draft, id: LineItemId, then: (line: LineState) => Verdict): Verdict {
  const { status, lines } = draft.state;
  if (status === "suspended") return reject("SUSPENDED");
  if (status === "idle") return reject("NOT_OPEN");
  if (status !== "paying" && status !== "shopping") return reject("ALREADY_ENDED");
  const line = lines.find((l) => l.id === id);
  return line ? then(line) : reject("NO_SUCH_LINE");
}

function voidOnTill(draft: Draft, line: LineState): Verdict {
  const till = tillStateOf(line);
  if (till === "voided" || till === "voidQueued") return reject("ALREADY_VOID");
  if (till === "inDoubt") return reject("DOUBT_FIRST");
  const { totalMessage } = draft.state;
  const open = [...line.pieces, totalMessage].filter((m) => m?.state === "queued");
  if (open.some((m) => m && draft.context.underWay(m.messageId))) return reject("TILL_BUSY");
  // The total names this line: it is told anew once the line is off the till.
  if (totalMessage?.state === "queued" || totalMessage?.state === "refused")
    draft.emit({ type: "messageWithdrawn", messageId: totalMessage.messageId });
  withdrawQueued(draft, [line]);
  const pieces = unitsOnTill(line);
  if (pieces > 0 && draft.context.capabilities.void) queueVoid(draft, line);
  else draft.emit({ type: "lineVoided", lineItemId: line.id, piecesByHand: pieces });
  closeIfFinished(draft);
  return undefined;
}

export function voidLine(draft: Draft, action: Action<"void">): Verdict {
  if (draft.state.status === "shopping") return removeLine(draft, action.line, "attendant");
  return onPayingLine(draft, action.line, (line) => voidOnTill(draft, line));
}

/** Answers one doubt; of several about one line the oldest, since that is the one the till shows last. */
export function settleDoubt(draft: Draft, action: Action<"settleDoubt">): Verdict {
  return onPayingLine(draft, action.line, (line) => {
    const doubt = line.pieces.find((piece) => piece.state === "inDoubt");
    if (!doubt || line.voided) return reject("NOTHING_TO_SETTLE");
    draft.emit({ type: "doubtSettled", messageId: doubt.messageId, onTill: action.onTill });
    if (!action.onTill) queueLine(draft, line, doubt.units);
    closeIfFinished(draft);
    return undefined;
  });
}

export function retryLine(draft: Draft, action: Action<"retryLine">): Verdict {
  return onPayingLine(draft, action.line, (line) => {
    const refused = line.pieces.filter((piece) => piece.state === "refused");
    if (refused.length === 0 || line.voided) return reject("NOTHING_TO_RETRY");
    const units = refused.reduce((sum, piece) => sum + piece.units, 0);
    queueLine(
      draft,
      line,
      units,
      refused.map((piece) => piece.messageId),
    );
    return undefined;
  });
}

export function retryTotal(draft: Draft): Verdict {
  const { status, totalMessage } = draft.state;
  if (status === "suspended") return reject("SUSPENDED");
  if (status !== "paying" || (totalMessage?.state !== "refused" && totalMessage?.state !== "inDoubt"))
    return reject("NOTHING_TO_RETRY");
  draft.emit({ type: "messageWithdrawn", messageId: totalMessage.messageId });
  queueTotal(draft);
  return undefined;
}

export function suspend(draft: Draft): Verdict {
  const { status } = draft.state;
  if (status !== "shopping" && status !== "paying") return reject("NOT_SUSPENDABLE");
  draft.emit({ type: "suspended" });
  return undefined;
}

export function resume(draft: Draft): Verdict {
  if (draft.state.status !== "suspended") return reject("NOT_SUSPENDED");
  draft.emit({ type: "resumed" });
  // The till may have answered in the meantime.
  closeIfFinished(draft);
  return undefined;
}
