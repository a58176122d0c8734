import { randomUUID } from "node:crypto";
import {
  type BasketAction,
  type BasketStatus,
  InvalidInputError,
  type LaneView,
  type LineItem,
  LineItemId,
  money,
  type Product,
  type Sku,
  TransactionId,
} from "@tillsight/contracts";
import type { TrayFeed } from "./feed.js";
import type { LaneForShopper } from "./lane-watch.js";
import type { ScriptItem } from "./script.js";
import { demoProduct, demoStore } from "./store.js";

/** What the lane makes of a thing: its SKU, another one, a question, or nothing at all. */
export type Sight = Sku | { readonly choice: readonly Sku[] } | "unknown" | "unseen";

export interface SeeingOptions {
  /** Default: sees everything right. */
  readonly see?: (item: ScriptItem) => Sight;
  /** Lines for things that do not lie there. */
  readonly ghosts?: () => readonly Sight[];
  readonly settles?: () => boolean;
  /** Why the lane does not take the money, or null. */
  readonly refuses?: () => string | null;
}

/**
 * For tests of the script and its shoppers: a lane without camera, networks or till that knows what lies on the
 * tray because it asks the script, and errs only where it is told to.
 */
export class SeeingLane implements LaneForShopper {
  readonly acted: BasketAction[] = [];
  readonly #feed: Pick<TrayFeed, "stage" | "playing">;
  readonly #options: SeeingOptions;
  readonly #lines = new Map<string, LineItem["id"]>();
  readonly #named = new Map<string, Sku>();
  readonly #weights = new Map<string, number>();
  readonly #removed = new Set<string>();
  /** Added by hand: how many of it, by its key. */
  readonly #added = new Map<string, { readonly sku: Sku; readonly quantity: number }>();
  #approved = false;
  #ended: BasketStatus | null = null;
  #transaction = TransactionId.parse(randomUUID());

  constructor(feed: Pick<TrayFeed, "stage" | "playing">, options: SeeingOptions = {}) {
    this.#feed = feed;
    this.#options = options;
  }

  view(): LaneView {
    const { table } = this.#feed.stage;
    if (table.length === 0 && this.#ended) this.#forget();
    const seen = table.map((item) => ({ item, sight: this.#options.see?.(item) ?? item.sku }));
    const lines = seen
      .filter(({ sight }) => sight !== "unseen")
      .map(({ item, sight }) => this.#line(item.pose.id, sight));
    const ghosts = (table.length > 0 ? (this.#options.ghosts?.() ?? []) : []).map((sight, i) =>
      this.#line(`ghost-${i}`, sight),
    );
    const status = this.#ended ?? (table.length === 0 ? "idle" : "shopping");
    const added = [...this.#added].map(([key, { sku, quantity }]) => ({
      ...this.#line(key, sku),
      ...{ trayItemId: null, source: "shopper" as const, quantity },
    }));
    const all = [...lines, ...ghosts, ...added].filter((line) => !this.#removed.has(line.id));
    return {
      storeName: "Seeing",
      basket: {
        transactionId: status === "idle" ? null : this.#transaction,
        ...{ status, currency: "EUR", lines: all, total: money(0, "EUR"), helpWanted: false },
      },
      tray: {
        ...{ seq: 0, width: 1280, height: 720 },
        phase: this.#feed.playing || this.#options.settles?.() === false ? "moving" : "settled",
        items: table.map(({ pose, sku }) => ({
          id: pose.id,
          box: { x: pose.x - pose.size / 2, y: pose.y - pose.size / 2, w: pose.size, h: pose.size },
          ...{
            detection: 0.9,
            occluded: false,
            decision: { kind: "matched", sku, score: 0.9, by: "picture" },
          },
        })),
      },
      ...{ notices: [], cards: [], tillConnected: true },
    };
  }

  onChange(listener: () => void): () => void {
    const timer = setInterval(listener, 5);
    return () => clearInterval(timer);
  }

  async act(action: BasketAction, by: "shopper" | "attendant" = "shopper"): Promise<void> {
    this.acted.push(action);
    const { lines } = this.view().basket;
    const open = lines.filter((line) => line.need !== "none");
    if (action.do === "resolve" && by === "shopper" && lines.some((l) => l.id === action.line && l.sku))
      throw new InvalidInputError("it has a name", "Ask the attendant.");
    if (action.do === "checkout") {
      const refusal = this.#options.refuses?.() ?? (open.length > 0 ? "lines are open" : null);
      if (refusal) throw new InvalidInputError(refusal, "Answer them first.");
      this.#ended = "done";
    }
    if (action.do === "cancel") this.#ended = "cancelled";
    if (action.do === "resolve") this.#named.set(action.line, action.sku);
    if (action.do === "weigh") this.#weights.set(action.line, action.grossGrams);
    if (action.do === "approveAge") this.#approved = true;
    if (action.do === "void" || action.do === "remove") this.#removed.add(action.line);
    if (action.do === "addSku") this.#added.set(`hand-${this.#added.size}`, action);
    if (action.do === "setQuantity") this.#setQuantity(action.line, action.quantity);
  }

  searchProducts(text: string, limit: number): Product[] {
    const found = demoStore.map((entry) => entry.product).filter((product) => product.name.includes(text));
    return found.slice(0, limit);
  }

  async picture(): Promise<{ seq: number; jpeg: Uint8Array }> {
    return { seq: 1, jpeg: Uint8Array.of(0xff, 0xd8, 0xff, 0xd9) };
  }

  #line(key: string, sight: Sight): LineItem {
    const id = this.#lines.get(key) ?? LineItemId.parse(randomUUID());
    this.#lines.set(key, id);
    const sku =
      this.#named.get(id) ?? (typeof sight === "string" && sight !== "unknown" ? (sight as Sku) : null);
    const product = sku === null ? null : demoProduct(sku).product;
    const choice = typeof sight === "string" ? [] : sight.choice;
    return {
      ...{ id, trayItemId: key, sku, quantity: 1, source: "picture", till: "none" },
      name: product?.name ?? "Unidentified item",
      unit: product?.unit ?? "each",
      grams: product?.unit === "weight" ? this.#netGrams(id, product) : null,
      unitPrice: product?.price ?? money(0, "EUR"),
      taxRateBp: product?.taxRateBp ?? 0,
      total: product?.price ?? money(0, "EUR"),
      need: this.#need(id, product, choice.length),
      candidates: choice.map((candidate) => ({ sku: candidate, score: 0.7 })),
      minAge: product?.minAge ?? null,
    };
  }

  #netGrams(id: string, product: Product): number | null {
    const gross = this.#weights.get(id);
    return gross === undefined ? null : gross - product.tareGrams;
  }

  #setQuantity(line: LineItem["id"], quantity: number): void {
    for (const [key, { sku }] of this.#added)
      if (this.#lines.get(key) === line) this.#added.set(key, { sku, quantity });
  }

  #need(id: string, product: Product | null, choices: number): LineItem["need"] {
    if (!product) return choices > 0 ? "choice" : "identification";
    if (product.unit === "weight" && !this.#weights.has(id)) return "weight";
    return product.minAge !== null && !this.#approved ? "ageApproval" : "none";
  }

  #forget(): void {
    this.#ended = null;
    this.#approved = false;
    this.#transaction = TransactionId.parse(randomUUID());
    for (const memory of [this.#lines, this.#named, this.#weights, this.#removed, this.#added])
      memory.clear();
  }
}
