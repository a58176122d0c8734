import { setTimeout as sleep } from "node:timers/promises";
import type { Basket, Sku } from "@tillsight/contracts";
import type { TillScript } from "@tillsight/edge-daemon/testing";
import { createRandom } from "../virtual/random.js";
import type { Table } from "../virtual/script.js";
import { DaemonProcessError, isRunning } from "../whole/daemon-process.js";
import { Ledger } from "../whole/ledger.js";
import { ActionRefusedError, connectWhenUp, type PageClient, PageLostError } from "../whole/page-client.js";
import { answerAll, untilLines, untilStatus } from "../whole/shop.js";
import { openStoreFront, photograph, type StoreFront, thing } from "../whole/store-front.js";

export interface Kill9DaemonOptions {
  readonly kills: number;
  readonly seed?: number;
  readonly say?: (text: string) => void;
  readonly signal?: AbortSignal;
}

type Phase = Basket["status"] | "starting";

export interface Kill9DaemonReport {
  readonly kills: number;
  /** What the lane was doing when it was killed. */
  readonly killedWhile: Readonly<Partial<Record<Phase, number>>>;
  readonly sales: number;
  /** Pieces and totals in the till's log. */
  readonly booked: number;
  readonly lost: number;
  readonly doubled: number;
  /** Lines and steps of a sale that the kiosk had shown and that were gone after a restart. */
  readonly forgotten: number;
  /** Sales whose pieces are not the things that lay on the tray. */
  readonly miscounted: number;
  /** Processes of the daemon that outlived it by more than five seconds. */
  readonly orphans: number;
  /** From the start of the process to a kiosk that answers: median, ms. */
  readonly startMs: number;
  readonly passed: boolean;
}

/** Goods that the rendered pictures show well, so that what is counted is crashes and not recognition. */
const shelf = ["broccoli", "battery", "cheese", "toilet-paper", "pretzel", "tomatoes-can"];
/** Places on the tray that are well apart, pixels. */
const places = [
  [420, 260],
  [680, 250],
  [900, 330],
  [480, 480],
  [760, 490],
] as const;
/** As tills are: mostly slow, now and then an answer or a message gets lost. */
const script: TillScript = {
  loop: true,
  steps: [
    { do: "slow", ms: 120, times: 7 },
    { do: "ackLost", times: 1 },
    { do: "ack", times: 3 },
    { do: "silence", times: 1 },
  ],
};
/** As long as a sale takes, so that every part of it is met. */
const longestLifeMs = 6_000;
/** Loading OpenCV and opening a source block its event loop; on a busy machine for some seconds. */
const goneWithinMs = 5_000;

/** The lives and deaths of one daemon, with a shopper who goes on where the last life ended. */
class DaemonCrashes {
  readonly ledger = new Ledger();
  readonly #store: StoreFront;
  readonly #random;
  readonly #tables = new Map<string, Table>();
  readonly #killedWhile: Partial<Record<Phase, number>> = {};
  readonly #starts: number[] = [];
  #table: Table = [];
  #orphans = 0;

  constructor(store: StoreFront, seed: number) {
    this.#store = store;
    this.#random = createRandom(seed);
  }

  /** Starts the daemon, lets the shopper shop, and kills it at a moment that chance chooses. */
  async liveAndDie(signal: AbortSignal): Promise<void> {
    const daemon = this.#store.run();
    const over = new AbortController();
    const live = AbortSignal.any([signal, over.signal]);
    const [usualStart = 3_000] = this.#starts;
    let phase = (): Phase => "starting";
    const open = this.#open(live).then((page) => {
      phase = () => page.view().basket.status;
      return page;
    });
    const shopping = open.then((page) => this.#shop(page, live, () => false)).catch(ignoreTheEnd(live));
    // One in five while it is still starting: recovery can be killed too.
    if (this.#random.next() < 0.2) await sleep(this.#random.next() * usualStart, undefined, { signal });
    else {
      await Promise.race([open, shopping]);
      await Promise.race([shopping, sleep(this.#random.next() * longestLifeMs, undefined, { signal })]);
    }
    if (daemon.gone)
      throw new DaemonProcessError(`the daemon ended by itself: ${daemon.said}`, "See its log.");
    const children = daemon.children().map(({ pid }) => pid);
    const at = phase();
    this.#killedWhile[at] = (this.#killedWhile[at] ?? 0) + 1;
    await daemon.end("SIGKILL");
    over.abort();
    await shopping;
    this.#orphans += await stillRunning(children, signal);
  }

  /** The last life: what was begun is finished, one more is served, and the end is orderly. */
  async liveInPeace(signal: AbortSignal): Promise<void> {
    const daemon = this.#store.run();
    const page = await this.#open(signal);
    let served = 0;
    await this.#shop(page, signal, () => ++served > 2);
    page.close();
    await daemon.end("SIGTERM");
  }

  report(kills: number): Kill9DaemonReport {
    const booked = this.#store.booked();
    const { sales, lost, doubled } = this.ledger.compare(booked);
    const miscounted = this.ledger.paid(booked).filter((basket) => !this.#asOnTheTray(basket)).length;
    const starts = [...this.#starts].sort((a, b) => a - b);
    const { forgotten } = this.ledger;
    return {
      ...{ kills, killedWhile: this.#killedWhile, sales, booked: booked.length, lost, doubled, forgotten },
      ...{ miscounted, orphans: this.#orphans },
      startMs: Math.round(starts[Math.floor(starts.length / 2)] ?? 0),
      passed: lost + doubled + forgotten + miscounted + this.#orphans === 0,
    };
  }

  async #open(signal: AbortSignal): Promise<PageClient> {
    const at = performance.now();
    const page = await connectWhenUp(this.#store.url, this.#store.pin, signal);
    this.#starts.push(performance.now() - at);
    this.ledger.reopen(page.view().basket);
    page.onChange(() => {
      const { basket } = page.view();
      this.ledger.see(basket);
      if (basket.transactionId && basket.status === "shopping")
        this.#tables.set(basket.transactionId, this.#table);
    });
    return page;
  }

  async #shop(page: PageClient, signal: AbortSignal, enough: () => boolean): Promise<void> {
    while (!enough()) {
      const { status } = page.view().basket;
      if (status === "paying") await page.until((view) => view?.basket.status !== "paying", signal);
      else if (status === "shopping") await this.#pay(page, signal);
      else await this.#putDown(page, signal);
    }
  }

  /** The next shopper's goods on a tray that was empty before. */
  async #putDown(page: PageClient, signal: AbortSignal): Promise<void> {
    this.#table = this.#store.lay();
    const empty = (): boolean => {
      const { tray, basket } = page.view();
      return tray.phase === "settled" && tray.items.length === 0 && basket.status !== "shopping";
    };
    await page.until(empty, signal);
    const before = page.view().basket.transactionId;
    const count = this.#random.int(1, places.length);
    const goods = places.slice(0, count).map(([x, y]) => {
      const turn = this.#random.int(0, 359);
      return thing(this.#random.pick(shelf), x, y, turn);
    });
    this.#table = this.#store.lay(...goods);
    await page.until(
      (view) => view?.basket.status === "shopping" && view.basket.transactionId !== before,
      signal,
    );
  }

  async #pay(page: PageClient, signal: AbortSignal): Promise<void> {
    await untilLines(page, this.#table, signal);
    await answerAll(page, this.#table);
    await page.act({ do: "checkout" });
    await untilStatus(page, "done", signal);
  }

  #asOnTheTray({ transactionId, lines }: Basket): boolean {
    const truth = this.#tables.get(transactionId ?? "") ?? [];
    const skus = (list: readonly { readonly sku: Sku | null }[]) => list.map(({ sku }) => sku).sort();
    const open = lines.filter((line) => line.till !== "voided");
    return JSON.stringify(skus(truth)) === JSON.stringify(skus(open));
  }
}

/** The camera's process notices the death of its parent once its driver lets it: how many are there after that. */
async function stillRunning(pids: readonly number[], signal: AbortSignal): Promise<number> {
  for (let waited = 0; waited < goneWithinMs && pids.some(isRunning); waited += 50)
    await sleep(50, undefined, { signal });
  return pids.filter(isRunning).length;
}

/** The shopper's day ends with the lane's; what else goes wrong is a finding. */
const ignoreTheEnd =
  (live: AbortSignal) =>
  (error: unknown): void => {
    if (live.aborted || error instanceof PageLostError || error instanceof ActionRefusedError) return;
    throw error;
  };

/**
 * Kills the daemon's whole process (camera, networks, journal, serial line and all) `kills` times at random
 * moments of a busy day, and compares the till's own durable log with what the kiosk said was paid.
 * @throws LaneStuckError when a life of the lane does not sell; DaemonProcessError when one ends by itself
 */
export async function proveKill9Daemon(options: Kill9DaemonOptions): Promise<Kill9DaemonReport> {
  const { kills, say = () => {}, signal = new AbortController().signal } = options;
  say(`photographing ${shelf.length} products`);
  const store = await openStoreFront({ assortment: await photograph(shelf), script });
  try {
    const crashes = new DaemonCrashes(store, options.seed ?? 1);
    for (let kill = 1; kill <= kills; kill++) {
      await crashes.liveAndDie(signal);
      const { sales, lost, doubled } = crashes.ledger.compare(store.booked());
      say(`kill ${kill} of ${kills}: ${sales} sales so far, ${store.booked().length} entries at the till`);
      // What is still under way is not lost yet; what is doubled stays doubled.
      if (doubled > 0) say(`  doubled: ${doubled} (not arrived yet: ${lost})`);
    }
    await crashes.liveInPeace(signal);
    return crashes.report(kills);
  } finally {
    await store.close();
  }
}

/** As a table in Markdown. */
export function kill9DaemonTable(r: Kill9DaemonReport): string {
  const phases = Object.entries(r.killedWhile).map(([phase, count]) => `${count} ${phase}`);
  return [
    "| kills | while | sales | till entries | lost | doubled | forgotten | miscounted | orphans | start, median | |",
    "|---|---|---|---|---|---|---|---|---|---|---|",
    `| ${[r.kills, phases.join(", "), r.sales, r.booked, r.lost, r.doubled, r.forgotten, r.miscounted, r.orphans, `${r.startMs} ms`, r.passed ? "passed" : "FAILED"].join(" | ")} |`,
  ].join("\n");
}
