import {
  type Basket,
  type LaneView,
  type LineItem,
  money,
  type ProductCard,
  type ServerMessage,
  type Sku,
  type TransactionId,
} from "@tillsight/contracts";
import { describe, expect, it } from "vitest";
import { reduce } from "./reduce.js";
import { firstState, type UiEvent, type UiState } from "./ui-state.js";

const line = (id: string, extra: Partial<LineItem> = {}): LineItem => ({
  id: id as LineItem["id"],
  trayItemId: id,
  sku: null,
  name: id,
  unit: "each",
  quantity: 1,
  grams: null,
  unitPrice: money(100, "EUR"),
  taxRateBp: 0,
  total: money(100, "EUR"),
  source: "picture",
  need: "none",
  candidates: [],
  minAge: null,
  till: "none",
  ...extra,
});
const basket = (status: Basket["status"], lines: LineItem[] = []): Basket => ({
  transactionId: "t" as TransactionId,
  status,
  currency: "EUR",
  lines,
  total: money(0, "EUR"),
  helpWanted: false,
});
const card = (sku: string): ProductCard => ({
  sku: sku as Sku,
  name: sku,
  names: {},
  price: money(1, "EUR"),
  unit: "each",
});
const view = (b: Basket): LaneView => ({
  storeName: "Store",
  basket: b,
  tray: { seq: 0, phase: "settled", width: 4, height: 3, items: [] },
  notices: [],
  cards: [card("a")],
  tillConnected: true,
});
const server = (message: ServerMessage): UiEvent => ({ type: "server", message });
const snapshot = (b: Basket, seq = 0): UiEvent => server({ type: "snapshot", seq, view: view(b) });
const basketIs = (seq: number, b: Basket): UiEvent =>
  server({ type: "basket", seq, basket: b, cards: [card("b")] });
const answer = (requestId: string, code?: string): UiEvent =>
  server({ type: "answer", requestId, error: code ? { code, message: "m", fix: "f" } : null });
const asked = (do_: "checkout" | "suspend" | "callHelp"): UiEvent => ({
  type: "asked",
  requestId: "r",
  request: { kind: "action", action: { do: do_ } },
});
const unlocking: UiEvent = { type: "asked", requestId: "u", request: { kind: "unlock", pin: "4711" } };
const choose: UiEvent = { type: "opened", dialog: { kind: "choose", line: "l1" as LineItem["id"] } };
const asks = basket("shopping", [line("l1", { need: "choice" })]);
const play = (...events: UiEvent[]): UiState => events.reduce(reduce, firstState("en"));
const linked: UiEvent = { type: "linked" };

describe("messages of the lane", () => {
  it("are applied in order and keep every card that was ever sent", () => {
    const state = play(linked, snapshot(basket("idle")), basketIs(1, basket("shopping")));
    expect(state.view?.basket.status).toBe("shopping");
    expect(Object.keys(state.cards)).toEqual(["a", "b"]);
    expect(state.outOfStep).toBe(false);
  });

  const gaps: [situation: string, events: UiEvent[]][] = [
    ["one is missing", [linked, snapshot(basket("idle")), basketIs(2, basket("done"))]],
    ["one comes twice", [linked, snapshot(basket("idle")), basketIs(0, basket("done"))]],
    ["there was no snapshot", [linked, basketIs(1, basket("done"))]],
    [
      "the snapshot was of the last connection",
      [linked, snapshot(basket("idle")), { type: "unlinked" }, linked, basketIs(1, basket("done"))],
    ],
  ];
  it.each(gaps)("are not believed and ask for a new connection when %s", (_situation, events) => {
    const state = play(...events);
    expect(state.outOfStep).toBe(true);
    expect(state.view?.basket.status).not.toBe("done");
  });

  it("begin anew with a snapshot at any time", () => {
    const state = play(
      linked,
      snapshot(basket("idle")),
      snapshot(basket("done"), 1),
      basketIs(2, basket("idle")),
    );
    expect(state).toMatchObject({ outOfStep: false, seq: 2 });
    expect(Object.keys(state.cards)).toEqual(["a", "b"]);
  });
});

describe("a lost connection", () => {
  it("closes what is open, locks the attendant's panel and forgets requests", () => {
    const state = play(linked, snapshot(asks), unlocking, answer("u"), asked("checkout"), {
      type: "unlinked",
    });
    expect(state).toMatchObject({ link: "lost", dialog: null, attendantPin: null, pending: {} });
  });

  it("before the first snapshot is still connecting", () => {
    expect(play({ type: "unlinked" }).link).toBe("connecting");
  });
});

describe("a question about a line", () => {
  const open: [situation: string, next: Basket, stays: boolean][] = [
    ["stays while the line waits", asks, true],
    ["goes when the line is settled", basket("shopping", [line("l1")]), false],
    ["goes when the item is taken away", basket("shopping"), false],
    ["goes when the sale goes on to paying", basket("paying", [line("l1", { need: "choice" })]), false],
  ];
  it.each(open)("%s", (_situation, next, stays) => {
    const state = play(linked, snapshot(asks), choose, basketIs(1, next));
    expect(state.dialog !== null).toBe(stays);
  });
});

describe("an answer", () => {
  it("that is an error is shown until the next thing works", () => {
    const refused = play(linked, snapshot(asks), asked("checkout"), answer("r", "LINES_NOT_READY"));
    expect(refused).toMatchObject({ problem: { code: "LINES_NOT_READY" }, pending: {} });
    expect([asked("callHelp"), answer("r")].reduce(reduce, refused).problem).toBeNull();
  });

  it("opens the attendant's panel for the right PIN and keeps the PIN for its actions", () => {
    expect(play(linked, snapshot(asks), unlocking, answer("u"))).toMatchObject({
      attendantPin: "4711",
      dialog: { kind: "attendant" },
    });
  });

  it("leaves the PIN question open after a wrong one", () => {
    const pin: UiEvent = { type: "opened", dialog: { kind: "pin" } };
    const state = play(linked, snapshot(asks), pin, unlocking, answer("u", "KIOSK_PIN_WRONG"));
    expect(state).toMatchObject({
      attendantPin: null,
      dialog: { kind: "pin" },
      problem: { code: "KIOSK_PIN_WRONG" },
    });
  });

  it("asks for the PIN again when an action finds it is no longer right", () => {
    const state = play(
      linked,
      snapshot(asks),
      unlocking,
      answer("u"),
      asked("suspend"),
      answer("r", "KIOSK_PIN_WRONG"),
    );
    expect(state).toMatchObject({ attendantPin: null, dialog: { kind: "pin" } });
  });
});

describe("the next shopper", () => {
  it("finds the page in the store's language and without the last one's dialogs", () => {
    const german: UiEvent = { type: "locale", locale: "de" };
    const cancel: UiEvent = { type: "opened", dialog: { kind: "confirmCancel" } };
    const state = play(linked, snapshot(basket("done")), german, cancel, basketIs(1, basket("idle")));
    expect(state).toMatchObject({ locale: "en", dialog: null });
  });

  it("may choose a language before the first item", () => {
    const german: UiEvent = { type: "locale", locale: "de" };
    const state = play(linked, snapshot(basket("idle")), german, basketIs(1, basket("idle")));
    expect(state.locale).toBe("de");
  });
});
