import { type Basket, describeError, type LineItem, type Sku, TillsightError } from "@tillsight/contracts";
import type { TrayFeed } from "./feed.js";
import { type LaneForShopper, LaneStuckError, until, untilCalm } from "./lane-watch.js";
import { clearing, motionOf, startOf } from "./motion.js";
import type { ExpectedLine, Step, Table, TrayScript } from "./script.js";
import { expectedLines } from "./script.js";
import { type Deed, nextDeed } from "./shopper.js";
import { type Corrected, nextCorrection } from "./shopper-corrections.js";
import { demoProduct } from "./store.js";

/** How long each wait may take, ms. Generous: a shopper's patience, on a machine that does other things too. */
export interface Limits {
  /** The screen must not change for this long before the shopper believes it. */
  readonly calmMs: number;
  readonly settleMs: number;
  readonly payMs: number;
  readonly idleMs: number;
}

export const patience: Limits = { calmMs: 900, settleMs: 20_000, payMs: 30_000, idleMs: 15_000 };

/** More answers and corrections than this about one tray are a lane that does not take them. */
const MOST_DEEDS = 40;

/** Something the lane asked and the shopper answered. */
export interface Asked {
  readonly about: Deed["about"];
  readonly truth: Sku | null;
  readonly offered: readonly Sku[];
}

/** What is about to happen at the lane. */
export type Happening =
  | Step
  | ({ readonly do: "answer" } & Asked)
  | ({ readonly do: "correct" } & Corrected)
  | { readonly do: "pay" | "clear" };

/** How one tray went. */
export interface TrayOutcome {
  readonly tray: TrayScript;
  readonly expected: readonly ExpectedLine[];
  /** Null when it was paid for. */
  readonly failure: string | null;
  readonly transactionId: Basket["transactionId"];
  readonly asked: readonly Asked[];
  /** The basket as recognition and the answers to its questions made it, before anybody looked it over. */
  readonly recognised: Pick<Basket, "lines" | "total">;
  /** What was then put right by hand, in this order. */
  readonly corrected: readonly Corrected[];
  /** The basket as it was paid for. */
  readonly lines: readonly LineItem[];
  /** What lay on the tray, for looking at what went wrong. */
  readonly table: Table;
  /** The lane's own view of the tray when the shopper began to look the basket over. */
  readonly items: ReturnType<LaneForShopper["view"]>["tray"]["items"];
  /** From the end of the last thing that happened on the tray until the screen no longer changed, ms. */
  readonly settledAfterMs: number | null;
  /** What the camera showed then. */
  readonly jpeg: Uint8Array | null;
}

export interface DirectorOptions {
  readonly lane: LaneForShopper;
  readonly feed: TrayFeed;
  readonly limits?: Partial<Limits>;
  /** Told what is about to happen, for whoever watches; see `inWords`. */
  readonly onStep?: (tray: TrayScript, what: Happening) => void;
}

/** Plays trays at the lane as shoppers who answer what it asks, and pay when the basket is what they brought. */
export class Director {
  readonly #lane: LaneForShopper;
  readonly #feed: TrayFeed;
  readonly #limits: Limits;
  readonly #onStep: NonNullable<DirectorOptions["onStep"]>;

  constructor(options: DirectorOptions) {
    this.#lane = options.lane;
    this.#feed = options.feed;
    this.#limits = { ...patience, ...options.limits };
    this.#onStep = options.onStep ?? (() => {});
  }

  /**
   * One shopper's visit, from putting goods down to the empty tray. A lane that does not go along is an outcome
   * with a `failure`, after which the tray is cleared and the sale cancelled, so that the next can begin.
   * @throws the abort reason when `signal` aborts; InvariantError for a script that cannot be played.
   */
  async play(tray: TrayScript, signal: AbortSignal): Promise<TrayOutcome> {
    const visit = new Visit(tray);
    try {
      await this.#putDown(tray, visit, signal);
      await this.#answer(tray, visit, signal);
      await this.#remember(visit);
      await this.#putRight(tray, visit, signal);
      await this.#pay(tray, visit, signal);
    } catch (error) {
      if (signal.aborted || !isLanesFault(error)) throw error;
      visit.failure ??= describeError(error);
      await this.#remember(visit);
    }
    await this.#leave(tray, visit, signal);
    return visit.outcome();
  }

  async #putDown(tray: TrayScript, visit: Visit, signal: AbortSignal): Promise<void> {
    await this.#until("an idle lane", (status) => status === "idle", this.#limits.idleMs, signal);
    this.#feed.cut(startOf(tray));
    for (const step of tray.steps) {
      this.#onStep(tray, step);
      if (step.do === "look") await this.#calm(signal);
      else await this.#feed.play(motionOf(this.#feed.stage, step, tray.shopper), signal);
    }
    const endedAt = performance.now();
    const changedAt = await this.#calm(signal);
    visit.settledAfterMs = Math.max(0, Math.round(changedAt - endedAt));
  }

  async #answer(tray: TrayScript, visit: Visit, signal: AbortSignal): Promise<void> {
    for (;;) {
      const deed = nextDeed(this.#lane.view(), this.#feed.stage.table);
      if (!deed) return;
      this.#countDeed(visit);
      const asked = { about: deed.about, truth: deed.truth, offered: deed.offered };
      this.#onStep(tray, { do: "answer", ...asked });
      visit.asked.push(asked);
      await this.#lane.act(deed.action ?? this.#searchFor(deed));
      await this.#calm(signal, this.#limits.calmMs / 3);
    }
  }

  /** Looks the basket over until it is what lies there, answering what the lane asks meanwhile. */
  async #putRight(tray: TrayScript, visit: Visit, signal: AbortSignal): Promise<void> {
    for (;;) {
      const next = nextCorrection(this.#lane.view(), this.#feed.stage.table);
      if (!next) return;
      this.#countDeed(visit);
      const { what, sku, instead, action, by } = next;
      if (action.do === "addSku" || action.do === "resolve") this.#search(sku);
      this.#onStep(tray, { do: "correct", what, sku, instead });
      visit.corrected.push({ what, sku, instead });
      await this.#lane.act(action, by);
      await this.#calm(signal, this.#limits.calmMs / 3);
      await this.#answer(tray, visit, signal);
    }
  }

  #countDeed(visit: Visit): void {
    if (visit.asked.length + visit.corrected.length < MOST_DEEDS) return;
    throw new LaneStuckError("a basket that stays as it is answered and put right", 0, this.#lane.view());
  }

  #searchFor({ line, truth }: Deed) {
    return { do: "resolve", line, sku: this.#search(truth ?? "") } as const;
  }

  /** The shopper types the name of what lies there and touches it in the list. */
  #search(sku: string): Sku {
    const { name } = demoProduct(sku).product;
    const found = this.#lane.searchProducts(name, 8).find((product) => product.sku === sku);
    if (!found) throw new LaneStuckError(`"${name}" among what its search finds`, 0, this.#lane.view());
    return found.sku;
  }

  async #pay(tray: TrayScript, visit: Visit, signal: AbortSignal): Promise<void> {
    this.#onStep(tray, { do: "pay" });
    const { basket } = this.#lane.view();
    visit.lines = basket.lines.filter(isOpen);
    visit.transactionId = basket.transactionId;
    await this.#lane.act({ do: "checkout" });
    await this.#until(
      "the till to have everything",
      (status) => status === "done",
      this.#limits.payMs,
      signal,
    );
  }

  /** Empties the tray; after a failure it also gives up the sale. Never fails because of the lane. */
  async #leave(tray: TrayScript, visit: Visit, signal: AbortSignal): Promise<void> {
    this.#onStep(tray, { do: "clear" });
    try {
      if (visit.failure !== null) await this.#cancel();
      await this.#feed.play(clearing(this.#feed.stage, tray.shopper), signal);
      await this.#until("an idle lane", (status) => status === "idle", this.#limits.idleMs, signal);
    } catch (error) {
      if (signal.aborted || !isLanesFault(error)) throw error;
      visit.failure ??= describeError(error);
    }
  }

  async #cancel(): Promise<void> {
    try {
      await this.#lane.act({ do: "cancel" });
    } catch (error) {
      // Nothing to cancel, or no longer allowed: the emptied tray ends the sale.
      if (!isLanesFault(error)) throw error;
    }
  }

  /** Keeps what lane and camera show now, unless it is kept already. */
  async #remember(visit: Visit): Promise<void> {
    if (visit.isRemembered) return;
    visit.isRemembered = true;
    const { basket, tray } = this.#lane.view();
    visit.recognised = { lines: basket.lines.filter(isOpen), total: basket.total };
    visit.items = tray.items;
    visit.table = this.#feed.stage.table;
    visit.transactionId = basket.transactionId;
    visit.jpeg = (await this.#lane.picture())?.jpeg ?? null;
  }

  #calm(signal: AbortSignal, calmMs = this.#limits.calmMs): Promise<number> {
    return untilCalm(this.#lane, { calmMs, limitMs: this.#limits.settleMs }, signal);
  }

  #until(
    what: string,
    holds: (status: Basket["status"]) => boolean,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    return until(this.#lane, what, (view) => holds(view.basket.status), limitMs, signal);
  }
}

/** What becomes known in the course of one visit. */
class Visit {
  failure: string | null = null;
  transactionId: Basket["transactionId"] = null;
  isRemembered = false;
  readonly asked: Asked[] = [];
  recognised: TrayOutcome["recognised"] = { lines: [], total: { minor: 0, currency: "EUR" } };
  readonly corrected: Corrected[] = [];
  lines: readonly LineItem[] = [];
  table: Table = [];
  items: TrayOutcome["items"] = [];
  settledAfterMs: number | null = null;
  jpeg: Uint8Array | null = null;

  constructor(readonly tray: TrayScript) {}

  outcome(): TrayOutcome {
    const { isRemembered: _, ...known } = this;
    return { ...known, expected: expectedLines(this.tray) };
  }
}

const isOpen = (line: LineItem): boolean => line.till !== "voided";

/** Refusals and waits in vain are the lane's; anything else is a defect of ours. */
const isLanesFault = (error: unknown): boolean =>
  error instanceof TillsightError && error.code !== "INVARIANT_BROKEN" && error.code !== "STOPPED";
