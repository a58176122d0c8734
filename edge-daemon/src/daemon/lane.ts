import type {
  Basket,
  BasketAction,
  LaneNotice,
  LaneView,
  Product,
  ProductCard,
  Sku,
  TrayState,
} from "@tillsight/contracts";
import { describeError, TillsightError } from "@tillsight/contracts";
import type { BasketKeeper } from "../journal/index.js";
import type { Logger } from "../observe/logger.js";
import { RepeatedTrouble } from "../observe/repeated.js";
import type { CatalogReader } from "../ports/catalog.js";
import type { LaneChange, LaneControl } from "../ports/lane.js";
import { cardsOf, pricedAt, skusOfBasket, skusOfTray } from "./cards.js";

/** The lane's parts, as the lane itself needs them. */
export interface LaneParts {
  readonly storeName: string;
  readonly keeper: Pick<BasketKeeper, "act" | "basket" | "onChange">;
  readonly catalog: Pick<CatalogReader, "product" | "search">;
  readonly notices: () => LaneNotice[];
  readonly tillConnected: () => boolean;
  readonly picture: LaneControl["picture"];
  readonly itemPicture: LaneControl["itemPicture"];
  readonly health: LaneControl["health"];
  readonly metrics: LaneControl["metrics"];
  readonly log: Logger;
  /** A person works at the lane: nothing new is sold, what was begun may be finished. */
  readonly serviceMode: () => boolean;
  /** Wall clock, for prices with a validity. */
  readonly now: () => Date;
}

/** Nothing is sold while a person works at the lane. */
export class ServiceModeError extends TillsightError {
  readonly code = "SERVICE_MODE";

  constructor() {
    super("this lane is in service mode", "Headquarters switches it off when the work is done.");
  }
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
    this.#publish({ type: "tray", tray, cards: this.#cards(skusOfTray(tray)) });
    if (tray.phase !== "settled" || this.#closed) return;
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
    const { basket } = this.#parts.keeper;
    return {
      storeName: this.#parts.storeName,
      basket,
      tray: this.#tray,
      notices: this.#parts.notices(),
      cards: this.#cards([...skusOfBasket(basket), ...skusOfTray(this.#tray)]),
      tillConnected: this.#parts.tillConnected(),
    };
  }

  onChange(listener: (change: LaneChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async act(action: BasketAction, by: "shopper" | "attendant"): Promise<void> {
    if (this.#closed && action.do === "addSku") throw new ServiceModeError();
    await this.#parts.keeper.act({ kind: "action", action, by });
  }

  searchProducts(text: string, limit: number): Product[] {
    const at = this.#parts.now().getTime();
    return this.#parts.catalog.search(text, limit).map((product) => pricedAt(product, at));
  }

  picture(): ReturnType<LaneControl["picture"]> {
    return this.#parts.picture();
  }

  itemPicture(itemId: string): ReturnType<LaneControl["itemPicture"]> {
    return this.#parts.itemPicture(itemId);
  }

  health(): ReturnType<LaneControl["health"]> {
    return this.#parts.health();
  }

  metrics(): Promise<string> {
    return this.#parts.metrics();
  }

  /** In service mode a sale that was begun goes on, but none begins. */
  get #closed(): boolean {
    const { status } = this.#parts.keeper.basket;
    const begun = status === "shopping" || status === "paying" || status === "suspended";
    return !begun && this.#parts.serviceMode();
  }

  #cards(skus: readonly Sku[]): ProductCard[] {
    return cardsOf(skus, this.#parts.catalog, this.#parts.now().getTime());
  }

  #publishBasket(basket: Basket): void {
    this.#publish({ type: "basket", basket, cards: this.#cards(skusOfBasket(basket)) });
    this.refreshNotices();
  }

  #publish(change: LaneChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
