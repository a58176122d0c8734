import { InvariantError } from "@tillsight/contracts";
import type { BasketEvent, BasketEventBody, BasketEventType } from "./events.js";
import { evolveTill, isTillEvent } from "./evolve-till.js";
import { type BasketState, emptyBasket, type LineState, withLine } from "./state.js";

type Status = BasketState["status"];
const always: readonly Status[] = ["idle", "shopping", "paying", "done", "suspended", "cancelled"];
const shopping: readonly Status[] = ["shopping"];
const paying: readonly Status[] = ["paying"];
const ended: readonly Status[] = ["done", "cancelled"];
/** The till's answers are facts: they count whenever they come. */
const tillAnswers: readonly Status[] = ["paying", "suspended"];

/** In which states each event may happen; anything else is a defect, not a rejection. */
const legalIn: Record<BasketEventType, readonly Status[]> = {
  transactionOpened: ["idle", "done", "cancelled"],
  lineAdded: shopping,
  lineIdentified: shopping,
  lineChoiceOffered: shopping,
  lineWeighed: shopping,
  quantityChanged: shopping,
  lineRemoved: shopping,
  trayLost: ["shopping", "paying", "suspended"],
  trayItemRebound: shopping,
  trayItemForgotten: shopping,
  trayCleared: ["shopping", "done", "cancelled"],
  ageApproved: shopping,
  helpCalled: always,
  helpDismissed: always,
  checkoutStarted: shopping,
  lineQueued: paying,
  voidQueued: paying,
  totalQueued: paying,
  messageWithdrawn: paying,
  tillAccepted: tillAnswers,
  tillRefused: tillAnswers,
  tillInDoubt: tillAnswers,
  doubtSettled: paying,
  lineVoided: paying,
  transactionDone: paying,
  transactionCancelled: ["shopping", "paying"],
  suspended: ["shopping", "paying"],
  resumed: ["suspended"],
  laneRested: ended,
};

type BodyOf<T extends BasketEventType> = Extract<BasketEventBody, { type: T }>;

function openTransaction(event: BasketEvent, body: BodyOf<"transactionOpened">): BasketState {
  return {
    ...emptyBasket(body.currency),
    transactionId: event.transactionId,
    status: "shopping",
    helpWanted: body.helpWanted,
    trayArmed: body.trayArmed,
  };
}

function addLine(state: BasketState, body: BodyOf<"lineAdded">): BasketState {
  const { trayItemId } = body;
  const twice = (line: LineState) =>
    line.id === body.lineItemId || (trayItemId !== null && !line.adrift && line.trayItemId === trayItemId);
  if (state.lines.some(twice)) throw new InvariantError(`line ${body.lineItemId} would be charged twice`);
  const line: LineState = {
    id: body.lineItemId,
    trayItemId,
    adrift: false,
    source: body.source,
    product: body.product,
    candidates: body.candidates,
    contested: body.contested,
    quantity: body.quantity,
    grossGrams: null,
    pieces: [],
    voiding: null,
    voided: null,
  };
  return { ...state, lines: [...state.lines, line] };
}

function removeLine(state: BasketState, body: BodyOf<"lineRemoved">): BasketState {
  const line = state.lines.find((l) => l.id === body.lineItemId);
  const next = withLine(state, body.lineItemId, () => null);
  if (line?.trayItemId == null || body.reason === "taken") return next;
  // It still lies there: remembered, so that it is not charged again at the next look.
  const item = { trayItemId: line.trayItemId, sku: line.product?.sku ?? null, adrift: line.adrift };
  return { ...next, dismissed: [...next.dismissed, item] };
}

function rebind(state: BasketState, body: BodyOf<"trayItemRebound">): BasketState {
  const move = <T extends { readonly adrift: boolean; readonly trayItemId: string | null }>(item: T): T =>
    item.adrift && item.trayItemId === body.was ? { ...item, adrift: false, trayItemId: body.now } : item;
  return { ...state, lines: state.lines.map(move), dismissed: state.dismissed.map(move) };
}

/** The adrift one first: the tracker that began anew may have given the same id again. */
function forget(state: BasketState, trayItemId: string): BasketState {
  const same = state.dismissed.filter((d) => d.trayItemId === trayItemId);
  const goner = same.find((d) => d.adrift) ?? same[0];
  return { ...state, dismissed: state.dismissed.filter((d) => d !== goner) };
}

function setAdrift(state: BasketState): BasketState {
  const lines = state.lines.map((line) => (line.trayItemId === null ? line : { ...line, adrift: true }));
  return { ...state, lines, dismissed: state.dismissed.map((item) => ({ ...item, adrift: true })) };
}

function end(state: BasketState, status: "done" | "cancelled", at: number): BasketState {
  return { ...state, status, trayArmed: false, endedAt: at, dismissed: [], suspendedFrom: null };
}

function cancel(state: BasketState, event: BasketEvent, body: BodyOf<"transactionCancelled">): BasketState {
  // Nothing is left, on the tray or in the basket, so there is nothing to show and nothing to wait for.
  if (body.reason === "emptied") return { ...emptyBasket(state.currency), trayArmed: state.trayArmed };
  return end(state, "cancelled", event.at);
}

function evolveShopping(state: BasketState, event: BasketEvent): BasketState {
  const { body } = event;
  switch (body.type) {
    case "transactionOpened":
      return openTransaction(event, body);
    case "lineAdded":
      return addLine(state, body);
    case "lineIdentified":
      return withLine(state, body.lineItemId, (line) => ({
        ...line,
        product: body.product,
        source: body.source,
        candidates: [],
      }));
    case "lineChoiceOffered":
      return withLine(state, body.lineItemId, (line) => ({
        ...line,
        product: null,
        source: "picture",
        candidates: body.candidates,
        contested: body.contested,
      }));
    case "lineWeighed":
      return withLine(state, body.lineItemId, (line) => ({ ...line, grossGrams: body.grossGrams }));
    case "quantityChanged":
      return withLine(state, body.lineItemId, (line) => ({ ...line, quantity: body.quantity }));
    case "lineRemoved":
      return removeLine(state, body);
    case "trayLost":
      return setAdrift(state);
    case "trayItemRebound":
      return rebind(state, body);
    case "trayItemForgotten":
      return forget(state, body.trayItemId);
    case "ageApproved":
      return { ...state, approvedAge: Math.max(state.approvedAge, body.minAge) };
    default:
      return evolveStatus(state, event);
  }
}

function evolveStatus(state: BasketState, event: BasketEvent): BasketState {
  const { body } = event;
  switch (body.type) {
    case "trayCleared":
      return { ...state, trayArmed: true };
    case "helpCalled":
      return { ...state, helpWanted: true };
    case "helpDismissed":
      return { ...state, helpWanted: false };
    case "checkoutStarted":
      return { ...state, status: "paying" };
    case "transactionDone":
      return end(state, "done", event.at);
    case "transactionCancelled":
      return cancel(state, event, body);
    case "suspended":
      return {
        ...state,
        status: "suspended",
        suspendedFrom: state.status === "paying" ? "paying" : "shopping",
      };
    case "resumed":
      return { ...setAdrift(state), status: state.suspendedFrom ?? "shopping", suspendedFrom: null };
    case "laneRested":
      return {
        ...emptyBasket(state.currency),
        helpWanted: state.helpWanted,
        trayArmed: state.trayArmed,
      };
    default:
      throw new InvariantError(`nobody evolves ${body.type}`);
  }
}

/**
 * The basket after `event`. Pure: the same events give the same basket, live and from the journal.
 *
 * @throws InvariantError when the event cannot happen in this state: a defect, or a damaged journal
 */
export function evolve(state: BasketState, event: BasketEvent): BasketState {
  const { body } = event;
  if (!legalIn[body.type].includes(state.status))
    throw new InvariantError(`${body.type} cannot happen while the basket is ${state.status}`);
  if (body.type !== "transactionOpened" && event.transactionId !== state.transactionId)
    throw new InvariantError(`${body.type} is of transaction ${event.transactionId}, not of the open one`);
  return isTillEvent(body) ? evolveTill(state, body) : evolveShopping(state, event);
}

export function replay(events: Iterable<BasketEvent>, currency: string): BasketState {
  let state = emptyBasket(currency);
  for (const event of events) state = evolve(state, event);
  return state;
}
