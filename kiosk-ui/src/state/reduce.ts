import type { ProductCard, ServerMessage } from "@tillsight/contracts";
import type { Dialog, UiEvent, UiState } from "./ui-state.js";

type Answer = Extract<ServerMessage, { type: "answer" }>;
type Numbered = Exclude<ServerMessage, Answer>;

function withCards(known: UiState["cards"], cards: readonly ProductCard[]): UiState["cards"] {
  return { ...known, ...Object.fromEntries(cards.map((card) => [card.sku, card])) };
}

/** The dialog, unless what it asks about is settled or gone by now. */
function stillOpen(dialog: Dialog | null, state: UiState): Dialog | null {
  if (!dialog || !("line" in dialog) || dialog.line === null) return dialog;
  const line = state.view?.basket.lines.find((l) => l.id === dialog.line);
  if (!line || state.view?.basket.status !== "shopping") return null;
  if (dialog.kind === "weigh") return line.need === "weight" ? dialog : null;
  return line.need === "choice" || line.need === "identification" ? dialog : null;
}

function numbered(state: UiState, message: Numbered): UiState {
  if (message.type === "snapshot") {
    const { cards, ...view } = message.view;
    return { ...state, seq: message.seq, outOfStep: false, view, cards: withCards({}, cards) };
  }
  if (!state.view || state.seq === null || message.seq !== state.seq + 1)
    return { ...state, outOfStep: true };
  const next = { ...state, seq: message.seq };
  switch (message.type) {
    case "basket":
      return {
        ...next,
        view: { ...state.view, basket: message.basket },
        cards: withCards(state.cards, message.cards),
      };
    case "tray":
      return {
        ...next,
        view: { ...state.view, tray: message.tray },
        cards: withCards(state.cards, message.cards),
      };
    case "notices": {
      const { notices, tillConnected } = message;
      return { ...next, view: { ...state.view, notices, tillConnected } };
    }
  }
}

/** The next shopper finds the page as the first one did. */
function forNextShopper(before: UiState, after: UiState): UiState {
  const wasBusy = before.view !== null && before.view.basket.status !== "idle";
  if (!wasBusy || after.view?.basket.status !== "idle") return after;
  const dialog = after.attendantPin ? after.dialog : null;
  return { ...after, locale: after.homeLocale, problem: null, dialog };
}

function answered(state: UiState, answer: Answer): UiState {
  const { [answer.requestId]: request, ...pending } = state.pending;
  if (!request) return answer.error ? { ...state, problem: answer.error } : state;
  const next = { ...state, pending };
  if (answer.error) {
    const locked = answer.error.code.startsWith("KIOSK_PIN_");
    const dialog: Dialog | null = locked && request.kind === "action" ? { kind: "pin" } : state.dialog;
    return { ...next, problem: answer.error, dialog, attendantPin: locked ? null : state.attendantPin };
  }
  if (request.kind === "unlock")
    return { ...next, attendantPin: request.pin, dialog: { kind: "attendant" }, problem: null };
  const adding = request.action.do === "addSku" && state.dialog?.kind === "search";
  return { ...next, problem: null, dialog: adding ? null : state.dialog };
}

/** What the page shows after an event. Pure; requests and timers live outside. */
export function reduce(state: UiState, event: UiEvent): UiState {
  switch (event.type) {
    case "linked":
      return { ...state, link: "live", seq: null, outOfStep: false };
    case "unlinked":
      // Requests without an answer stay unanswered: the next snapshot shows whether they were carried out.
      return {
        ...state,
        link: state.view ? "lost" : "connecting",
        seq: null,
        pending: {},
        dialog: null,
        attendantPin: null,
        problem: null,
      };
    case "server": {
      if (event.message.type === "answer") return answered(state, event.message);
      const next = numbered(state, event.message);
      return forNextShopper(state, { ...next, dialog: stillOpen(next.dialog, next) });
    }
    case "asked":
      return { ...state, pending: { ...state.pending, [event.requestId]: event.request } };
    case "opened":
      return { ...state, dialog: event.dialog, problem: null };
    case "closed":
      return { ...state, dialog: null, attendantPin: null, problem: null };
    case "problemSeen":
      return { ...state, problem: null };
    case "locale":
      return { ...state, locale: event.locale };
    case "scores":
      return { ...state, showScores: !state.showScores };
  }
}
