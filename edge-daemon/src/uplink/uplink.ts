import { randomUUID } from "node:crypto";
import {
  type Beat,
  type Birth,
  describeError,
  type MqttVersion,
  type NodeName,
  type PartHealth,
  type UpBody,
  type UpStream,
} from "@tillsight/contracts";
import { brokerTrouble } from "../catalog/sync/broker-fixes.js";
import type { Journal } from "../journal/index.js";
import { type Logger, silentLogger } from "../observe/logger.js";
import { type Clock, systemClock } from "../ports/clock.js";
import { SaleCollector } from "./collector.js";
import { UplinkLink } from "./link.js";
import { type OrderHooks, Orders } from "./orders.js";
import { type NewRecord, UpOutbox } from "./outbox.js";
import { Sender } from "./sender.js";

export interface UplinkOptions {
  /** File of the outbox. */
  readonly file: string;
  readonly limitBytes: number;
  readonly journal: Pick<Journal, "endedAfter" | "lastLsn">;
  /** Left out, the lane stands alone and keeps nothing; whoever joins later gets the sales that the journal still has. */
  readonly broker?: {
    readonly url: string;
    readonly credentials?: { readonly username: string; readonly password: string };
    readonly ca?: string;
    readonly mqttVersion?: MqttVersion | undefined;
  };
  readonly store: NodeName;
  readonly terminal: NodeName;
  readonly beatSeconds: number;
  readonly hooks: Omit<OrderHooks, "setServiceMode">;
  readonly birth: () => Pick<Birth, "version" | "startedAt" | "models" | "config">;
  readonly beat: () => Pick<Beat, "lsn" | "health" | "troubles" | "basket" | "helpWanted">;
  /** Hears that service mode began or ended. */
  readonly onService?: (on: boolean) => void;
  readonly log?: Logger;
  readonly clock?: Clock;
  readonly newId?: () => string;
}

const hourMs = 3_600_000;
/** How often the journal is looked at again, and late receipts are noticed, ms. */
const tickMs = 1_000;

/** The lane's way up: what happened is stored first and sent when it can be; nothing here ever keeps a sale waiting. */
export class Uplink {
  readonly outbox: UpOutbox;
  readonly #o: UplinkOptions;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #newId: () => string;
  readonly #collector: SaleCollector;
  readonly #sender: Sender;
  readonly #orders: Orders;
  readonly #link: UplinkLink | undefined;
  #timer: NodeJS.Timeout | undefined;
  #prunedAt = Number.NEGATIVE_INFINITY;
  /** What is wrong, by what found it. */
  readonly #complaints = new Map<string, string>();

  constructor(options: UplinkOptions) {
    this.#o = options;
    this.#log = options.log ?? silentLogger;
    this.#clock = options.clock ?? systemClock;
    this.#newId = options.newId ?? randomUUID;
    this.outbox = new UpOutbox({
      ...{ file: options.file, limitBytes: options.limitBytes, newId: this.#newId },
      onDamage: (aside) => this.#log.error("the outbox to headquarters was damaged and put aside", { aside }),
    });
    const { journal } = options;
    this.#collector = new SaleCollector({
      journal,
      outbox: this.outbox,
      onDone: (e) => this.#note("journal", e),
    });
    this.#sender = new Sender({
      ...{ outbox: this.outbox, clock: this.#clock },
      send: (batch) => this.#link?.send("up", batch) ?? false,
    });
    this.#orders = new Orders({
      ...{ outbox: this.outbox, clock: this.#clock },
      hooks: { ...options.hooks, setServiceMode: (on) => this.#setServiceMode(on) },
      answer: async (answer) => this.#link?.sendNow("answer", answer),
      rebirth: () => this.#link?.rebirth(),
      onError: (error) => this.#log.warn("an order failed", { error: describeError(error) }),
    });
    this.#link = options.broker && this.#newLink(options.broker);
  }

  /** @throws UplinkStoreError */
  start(): void {
    if (this.#timer) return;
    this.outbox.open();
    this.#timer = setInterval(() => this.#tick(), tickMs).unref();
    this.#tick();
    this.#link?.start();
  }

  async stop(): Promise<void> {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#orders.settled();
    if (this.#link) await this.#collector.collect();
    await this.#collector.stop();
    await this.#link?.stop();
    this.outbox.close();
  }

  /** A transaction may have ended: looks at once rather than with the next tick. */
  saleEnded(): void {
    if (!this.#link) return;
    void this.#collector.collect().then(() => this.#guard(() => this.#sender.step()));
  }

  /** Stores one record; trouble is reported, never thrown: whoever has something to tell has more to do. */
  tell<S extends Exclude<UpStream, "sale">>(stream: S, body: UpBody[S]): void {
    if (!this.#link) return;
    const record = { stream, id: this.#newId(), at: body.at, body } as NewRecord;
    this.#guard(() => {
      if (this.outbox.add([record]) > 0) this.#log.debug("no room for a record", { stream });
    });
  }

  /** Tells headquarters at once how the lane fares. */
  beatNow(): void {
    this.#guard(() => this.#link?.beatNow());
  }

  /** A person works at the lane: nothing new is sold. Outlives a restart. */
  get serviceMode(): boolean {
    try {
      return this.outbox.serviceMode;
    } catch {
      return false; // Before the start and after the end: no reason not to sell.
    }
  }

  health(): PartHealth {
    const connected = this.#link?.connected ?? false;
    const { backlog } = this.outbox;
    const facts = {
      ...{ connected, unanswered: this.#sender.unanswered, rejected: this.#link?.rejected ?? 0 },
      ...Object.fromEntries(Object.entries(backlog).map(([name, n]) => [`waiting ${name}`, n ?? 0])),
      ...Object.fromEntries(Object.entries(this.#dropped()).map(([name, n]) => [`dropped ${name}`, n ?? 0])),
    };
    const [complaint] = this.#complaints.values();
    if (complaint !== undefined)
      return {
        state: "degraded",
        detail: complaint,
        fix: "Free space on the data folder's disk.",
        facts,
      };
    const waiting = Object.values(backlog).reduce((sum, n) => sum + (n ?? 0), 0);
    if (!this.#link) return { state: "ok", detail: "the lane stands alone", facts };
    if (connected && this.#sender.unanswered <= 3 && !this.#link.trouble)
      return {
        state: "ok",
        detail: waiting === 0 ? "headquarters has everything" : `${waiting} records wait`,
        facts,
      };
    const { trouble } = this.#link;
    if (trouble) {
      const { detail, fix } = brokerTrouble(trouble);
      return { state: "degraded", detail: `${waiting} records wait: ${detail}`, fix, facts };
    }
    return {
      ...{ state: "degraded", facts },
      detail: `${waiting} records wait: ${connected ? "headquarters does not confirm" : "no connection"}`,
      fix: connected ? "Look at headquarters' log." : "Check the network and `sync.brokerUrl`.",
    };
  }

  #newLink(broker: NonNullable<UplinkOptions["broker"]>): UplinkLink {
    const { store, terminal, beatSeconds, birth, beat } = this.#o;
    const { url, ...access } = broker;
    const now = () => this.#clock.now().getTime();
    return new UplinkLink({
      ...{ brokerUrl: url, ...access, store, terminal, beatSeconds, log: this.#log },
      newSession: () => this.outbox.nextSession(now()),
      birth: () => ({ at: now(), ...birth() }),
      beat: () => ({ at: now(), serviceMode: this.serviceMode, backlog: this.outbox.backlog, ...beat() }),
      onOrder: (order) => this.#orders.take(order),
      onReceipt: (receipt) => this.#guard(() => this.#sender.receipt(receipt)),
      onConnected: () => this.#guard(() => this.#sender.connected()),
    });
  }

  #tick(): void {
    const now = this.#clock.monotonic();
    if (now - this.#prunedAt > hourMs) {
      this.#prunedAt = now;
      this.#guard(() => this.outbox.prune(this.#clock.now().getTime()));
    }
    this.saleEnded();
  }

  #setServiceMode(on: boolean): void {
    this.outbox.setServiceMode(on);
    this.#o.onService?.(on);
    this.#link?.beatNow();
  }

  #dropped(): Readonly<Partial<Record<UpStream, number>>> {
    try {
      return this.outbox.dropped;
    } catch {
      return {};
    }
  }

  #guard(work: () => void): void {
    if (!this.#timer) return;
    try {
      work();
      this.#note("outbox");
    } catch (error) {
      this.#note("outbox", error);
    }
  }

  /** Said once, until it went well again. */
  #note(what: string, error?: unknown): void {
    const text = error === undefined ? undefined : describeError(error);
    if (text === undefined) this.#complaints.delete(what);
    else if (text !== this.#complaints.get(what)) {
      this.#complaints.set(what, text);
      this.#log.error("what goes up to headquarters could not be stored", { error: text });
    }
  }
}
