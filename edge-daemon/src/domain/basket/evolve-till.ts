import { InvariantError } from "@tillsight/contracts";
import type { BasketEventBody } from "./events.js";
import { type BasketState, type LineState, type Piece, withLine } from "./state.js";

const tillEventTypes = [
  "lineQueued",
  "voidQueued",
  "totalQueued",
  "messageWithdrawn",
  "tillAccepted",
  "tillRefused",
  "tillInDoubt",
  "doubtSettled",
  "lineVoided",
] as const;
type TillEventBody = Extract<BasketEventBody, { type: (typeof tillEventTypes)[number] }>;

export function isTillEvent(body: BasketEventBody): body is TillEventBody {
  return (tillEventTypes as readonly string[]).includes(body.type);
}

/** What a message to the till is about. */
export type MessageSubject =
  | { readonly kind: "piece" | "void"; readonly line: LineState; readonly piece: Piece }
  | { readonly kind: "total"; readonly piece: Piece };

/** Whose message this is; undefined for one that this transaction never sent. */
export function subjectOf(state: BasketState, messageId: string): MessageSubject | undefined {
  for (const line of state.lines) {
    const piece = line.pieces.find((p) => p.messageId === messageId);
    if (piece) return { kind: "piece", line, piece };
    if (line.voiding?.messageId === messageId) return { kind: "void", line, piece: line.voiding };
  }
  const total = state.totalMessage;
  return total?.messageId === messageId ? { kind: "total", piece: total } : undefined;
}

const queued = (messageId: string, units: number): Piece => ({
  messageId,
  units,
  state: "queued",
  reason: null,
});

/** Which state a message may come from, so that a settled one never changes again. */
const mayFollow: Record<Piece["state"], readonly Piece["state"][]> = {
  queued: [],
  settled: ["queued", "inDoubt"],
  refused: ["queued"],
  inDoubt: ["queued"],
  withdrawn: ["queued", "inDoubt", "refused"],
};

function moved(piece: Piece, to: Piece["state"], reason: string | null): Piece {
  if (!mayFollow[to].includes(piece.state))
    throw new InvariantError(`message ${piece.messageId} cannot go from ${piece.state} to ${to}`);
  return { ...piece, state: to, reason };
}

/** How many of the line's pieces the till is known to have. */
export const unitsOnTill = (line: LineState): number =>
  line.pieces.reduce((sum, piece) => sum + (piece.state === "settled" ? piece.units : 0), 0);

/** A void that the till does not carry out is left to a person at the till. */
function moveVoid(line: LineState, voiding: Piece): LineState {
  if (voiding.state === "settled") return { ...line, voiding, voided: { piecesByHand: 0 } };
  return { ...line, voiding, voided: { piecesByHand: unitsOnTill(line) } };
}

function moveMessage(
  state: BasketState,
  messageId: string,
  to: Piece["state"],
  reason: string | null,
): BasketState {
  const subject = subjectOf(state, messageId);
  if (!subject) throw new InvariantError(`message ${messageId} is not of this transaction`);
  const piece = moved(subject.piece, to, reason);
  if (subject.kind === "total") return { ...state, totalMessage: piece.state === "withdrawn" ? null : piece };
  return withLine(state, subject.line.id, (line) =>
    subject.kind === "void"
      ? moveVoid(line, piece)
      : { ...line, pieces: line.pieces.map((p) => (p.messageId === messageId ? piece : p)) },
  );
}

function queueLine(line: LineState, body: Extract<TillEventBody, { type: "lineQueued" }>): LineState {
  const kept = line.pieces.map((piece) =>
    body.replaces.includes(piece.messageId) ? moved(piece, "withdrawn", piece.reason) : piece,
  );
  return { ...line, pieces: [...kept, ...body.messages.map((m) => queued(m.messageId, m.units))] };
}

/** The till's part of `evolve`. @throws InvariantError for a message that cannot take this step */
export function evolveTill(state: BasketState, body: TillEventBody): BasketState {
  switch (body.type) {
    case "lineQueued":
      return withLine(state, body.lineItemId, (line) => queueLine(line, body));
    case "voidQueued":
      return withLine(state, body.lineItemId, (line) => ({ ...line, voiding: queued(body.messageId, 0) }));
    case "totalQueued":
      return { ...state, totalMessage: queued(body.messageId, 0) };
    case "messageWithdrawn":
      return moveMessage(state, body.messageId, "withdrawn", null);
    case "tillAccepted":
      return moveMessage(state, body.messageId, "settled", null);
    case "tillRefused":
      return moveMessage(state, body.messageId, "refused", body.reason);
    case "tillInDoubt":
      return moveMessage(state, body.messageId, "inDoubt", body.reason);
    case "doubtSettled":
      return moveMessage(state, body.messageId, body.onTill ? "settled" : "withdrawn", null);
    case "lineVoided":
      return withLine(state, body.lineItemId, (line) => ({
        ...line,
        voided: { piecesByHand: body.piecesByHand },
      }));
  }
}
