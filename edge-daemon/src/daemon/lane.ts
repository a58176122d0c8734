import type { Basket, BasketAction, LaneNotice, LaneView, Product, TrayState } from "@tillsight/contracts";
import { describeError } from "@tillsight/contracts";
import type { BasketKeeper } from "../journal/index.js";
import type { Logger } from "../observe/logger.js";
import { RepeatedTrouble } from "../observe/repeated.js";
import type { CatalogReader } from "../ports/catalog.js";
import type { LaneChange, LaneControl } from "../ports/lane.js";
import { cardsOf, skusOfBasket, skusOfTray } from "./cards.js";

/** The lane's parts, as the lane itself needs them. */
export interface LaneParts {
  readonly storeName: string;
  readonly keeper: Pick<BasketKeeper, "act" | "basket" | "onChange">;
  readonly catalog: Pick<CatalogReader, "product" | "search">;
  readonly notices: () => LaneNotice[];
  readonly tillConnected: () => boolean;
  readonly picture: LaneControl["picture"];
  readonly health: LaneControl["health"];
  readonly metrics: LaneControl["metrics"];
  readonly log: Logger;
}

const emptyTray: TrayState = { seq: 0, phase: "moving", width: 0, height: 0, items: [] };

/** Joins tray, basket and people: what recognition sees becomes lines, what people ask becomes actions. */
export class Lane implements LaneControl {
  readonly #parts: LaneParts;
  readonly #listeners = new Set<(change: LaneChange) => void>();
  readonly #undo: (() => void)[] = [];
  /** Each settled frame tries anew to bring the tray into the basket. */
  readonly #trouble: RepeatedTrouble;
  #tray = emptyTray;
  #said = "";

  constructor(parts: LaneParts) {
    this.#parts = parts;
    this.#trouble = new RepeatedTrouble((error) =>
      parts.log.error("the tray could not be put into the basket", { error: describeError(error) }),
    );
  }

  start(): void {
    this.#undo.push(this.#parts.keeper.onChange((basket) => this.#publishBasket(basket)));
  }

  stop(): void {
    for (const undo of this.#undo.splice(0)) undo();
    this.#listeners.clear();
  }

  /**
   * A new state of the tray. Resolves when the lines that follow from it are durable; trouble with storing
   * them shows as a notice, and the next state of the tray tries again.
   */
  async onTray(tray: TrayState): Promise<void> {
    this.#tray = tray;
    this.#publish({ type: "tray", tray, cards: cardsOf(skusOfTray(tray), this.#parts.catalog) });
    if (tray.phase !== "settled") return;
    const items = tray.items.map(({ id, decision }) => ({ id, decision }));
    try {
      await this.#parts.keeper.act({ kind: "tray", items });
      this.#trouble.well();
    } catch (error) {
      this.#trouble.again(error);
    }
  }

  /** Looks whether what people must know has changed, and tells them. */
  refreshNotices(): void {
    const notices = this.#parts.notices();
    const tillConnected = this.#parts.tillConnected();
    const said = JSON.stringify([notices, tillConnected]);
    if (said === this.#said) return;
    this.#said = said;
    this.#publish({ type: "notices", notices, tillConnected });
  }

  view(): LaneView {
    const { keeper, catalog } = this.#parts;
    const { basket } = keeper;
    return {
      storeName: this.#parts.storeName,
      basket,
      tray: this.#tray,
      notices: this.#parts.notices(),
      cards: cardsOf([...skusOfBasket(basket), ...skusOfTray(this.#tray)], catalog),
      tillConnected: this.#parts.tillConnected(),
    };
  }

  onChange(listener: (change: LaneChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async act(action: BasketAction, by: "shopper" | "attendant"): Promise<void> {
    await this.#parts.keeper.act({ kind: "action", action, by });
  }

  searchProducts(text: string, limit: number): Product[] {
    return this.#parts.catalog.search(text, limit);
  }

  picture(): ReturnType<LaneControl["picture"]> {
    return this.#parts.picture();
  }

  health(): ReturnType<LaneControl["health"]> {
    return this.#parts.health();
  }

  metrics(): Promise<string> {
    return this.#parts.metrics();
  }

  #publishBasket(basket: Basket): void {
    this.#publish({ type: "basket", basket, cards: cardsOf(skusOfBasket(basket), this.#parts.catalog) });
    this.refreshNotices();
  }

  #publish(change: LaneChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
