import {
  type BasketAction,
  type HealthReport,
  type LaneView,
  type LineItem,
  money,
  type Product,
  type TillReceiptLine,
  type TillsightError,
} from "@tillsight/contracts";
import type { LaneChange, LaneControl } from "../../ports/lane.js";
import { goods, lineOf, numberedId, priceOf, productOf } from "./goods.js";
import { viewOf } from "./scenarios.js";
import { drawTray } from "./tray-art.js";

/**
 * A lane without camera, till or journal that shows whatever it is told to, for work on the page and tests of
 * the kiosk API. It answers the shopper's actions plausibly; what a lane really decides is the daemon's.
 */
export class ScriptedLane implements LaneControl {
  readonly acted: BasketAction[] = [];
  readonly receipt: TillReceiptLine[] = [];
  /** Set to make the next action fail. */
  refuseNext: TillsightError | undefined;
  healthNow: HealthReport["state"] = "ok";
  readonly #listeners = new Set<(change: LaneChange) => void>();
  #view: LaneView;
  #picture: { of: LaneView["tray"]; jpeg: Promise<Uint8Array> } | undefined;

  constructor(view: LaneView = viewOf([])) {
    this.#view = view;
  }

  view(): LaneView {
    return this.#view;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Shows another view and tells every page all of it. */
  show(view: LaneView): void {
    this.#view = { ...view, tray: { ...view.tray, seq: this.#view.tray.seq + 1 } };
    const { basket, tray, notices, tillConnected, cards } = this.#view;
    this.#tell({ type: "basket", basket, cards });
    this.#tell({ type: "tray", tray, cards });
    this.#tell({ type: "notices", notices, tillConnected });
  }

  onChange(listener: (change: LaneChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async act(action: BasketAction): Promise<void> {
    const refusal = this.refuseNext;
    this.refuseNext = undefined;
    if (refusal) throw refusal;
    this.acted.push(action);
    this.show(
      viewOf(this.#linesAfter(action), {
        ...this.#view,
        tray: this.#view.tray,
        basket: this.#basketAfter(action),
      }),
    );
  }

  searchProducts(text: string, limit: number): Product[] {
    const wanted = text.toLowerCase();
    return Object.keys(goods)
      .map((key) => productOf(key, this.#view.basket.currency))
      .filter((p) => p.name.toLowerCase().includes(wanted) || p.sku.includes(wanted))
      .slice(0, limit);
  }

  async picture(): Promise<{ seq: number; jpeg: Uint8Array } | null> {
    const { tray } = this.#view;
    if (tray.phase === "cameraFault") return null;
    if (this.#picture?.of !== tray) this.#picture = { of: tray, jpeg: drawTray(tray) };
    return { seq: tray.seq, jpeg: await this.#picture.jpeg };
  }

  /** The whole tray stands for the item that a notice speaks of. */
  async itemPicture(itemId: string): Promise<Uint8Array | null> {
    const told = this.#view.notices.some(({ picture }) => picture === `/items/${itemId}.jpg`);
    return told ? drawTray(this.#view.tray) : null;
  }

  health(): HealthReport {
    const part = { state: this.healthNow, detail: "scripted" };
    return { state: this.healthNow, version: "0.0.0", uptimeSeconds: 1, parts: { lane: part } };
  }

  async metrics(): Promise<string> {
    return "# HELP scripted_lane 1 while the scripted lane runs\n# TYPE scripted_lane gauge\nscripted_lane 1\n";
  }

  #tell(change: LaneChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  #basketAfter(action: BasketAction): Partial<LaneView["basket"]> {
    const { basket } = this.#view;
    const { status, currency } = basket;
    const helpWanted = action.do === "callHelp" || (basket.helpWanted && action.do !== "dismissHelp");
    const next = {
      checkout: "paying",
      cancel: "cancelled",
      suspend: "suspended",
      resume: "shopping",
    } as const;
    const to =
      action.do in next
        ? next[action.do as keyof typeof next]
        : status === "idle" && action.do === "addSku"
          ? "shopping"
          : status;
    return { status: to, currency, helpWanted };
  }

  #linesAfter(action: BasketAction): LineItem[] {
    const { lines, currency } = this.#view.basket;
    const change = (id: string, edit: (line: LineItem) => LineItem) =>
      lines.map((l) => (l.id === id ? edit(l) : l));
    switch (action.do) {
      case "addSku": {
        const n = 100 + lines.length;
        const { id, ...line } = lineOf(n, currency, { sku: action.sku });
        const total = money(line.total.minor * action.quantity, currency);
        return [
          ...lines,
          {
            ...line,
            id: numberedId(n) as LineItem["id"],
            trayItemId: null,
            source: "shopper",
            quantity: action.quantity,
            total,
          },
        ];
      }
      case "resolve":
        return change(action.line, (l) => ({
          ...lineOf(1, currency, { sku: action.sku }),
          id: l.id,
          trayItemId: l.trayItemId,
          source: "shopper",
        }));
      case "setQuantity":
        return change(action.line, (l) => ({
          ...l,
          quantity: action.quantity,
          total: money(l.unitPrice.minor * action.quantity, currency),
        }));
      case "weigh":
        return change(action.line, (l) => ({
          ...l,
          grams: action.grossGrams,
          need: "none",
          total: money(
            Math.round((priceOf(l.sku ?? "", currency).minor * action.grossGrams) / 1000),
            currency,
          ),
        }));
      case "remove":
        return lines.filter((l) => l.id !== action.line);
      case "checkout":
        return lines.map((l) => ({ ...l, till: "queued" }));
      case "cancel":
        return [];
      case "approveAge":
        return action.approved
          ? change(action.line, (l) => ({ ...l, need: "none" }))
          : lines.filter((l) => l.id !== action.line);
      case "void":
        return change(action.line, (l) => ({ ...l, till: "voided" }));
      case "settleDoubt":
        return change(action.line, (l) => ({ ...l, till: action.onTill ? "settled" : "queued" }));
      default:
        return lines;
    }
  }
}
