import {
  CatalogDelta,
  CatalogHead,
  type CatalogRangeRequest,
  describeError,
  type NodeName,
  type PartHealth,
  type Presence,
  TillsightError,
  topics,
} from "@tillsight/contracts";
import mqtt, { type MqttClient } from "mqtt";
import type { z } from "zod";
import { type Logger, silentLogger } from "../observe/logger.js";
import { type Clock, systemClock } from "../ports/clock.js";
import type { Catalog } from "./catalog.js";
import { answerWaitMs, type FollowState, nextStep, reconnectDelayMs } from "./follow-plan.js";

export interface FollowerOptions {
  readonly catalog: Catalog;
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://`. */
  readonly brokerUrl: string;
  readonly store: NodeName;
  readonly terminal: NodeName;
  readonly credentials?: { readonly username: string; readonly password: string };
  readonly log?: Logger;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/**
 * Keeps the lane's catalog level with headquarters over MQTT. Whatever happens here, the lane goes on selling
 * from what it has: a message that does not fit is counted with its reason and dropped, a broker that is away
 * is tried again for ever.
 */
export class CatalogFollower {
  readonly #o: FollowerOptions;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #rejects = new Map<string, number>();
  readonly #topics: {
    readonly head: string;
    readonly delta: string;
    readonly range: string;
    readonly presence: string;
  };
  #client: MqttClient | undefined;
  #timer: NodeJS.Timeout | undefined;
  #head: CatalogHead | null = null;
  #askedAt: number | null = null;
  #unanswered = 0;
  #attempt = 0;
  #session = 0;
  #reportedLsn = -1;
  #unhealthy = "";

  constructor(options: FollowerOptions) {
    this.#o = options;
    this.#log = options.log ?? silentLogger;
    this.#clock = options.clock ?? systemClock;
    const { store, terminal } = options;
    this.#topics = {
      head: topics.catalogHead.topic(store),
      delta: topics.catalogDelta.topic(store),
      range: topics.catalogRange.topic(store, terminal),
      presence: topics.presence.topic(store, terminal),
    };
  }

  /** Returns at once; the connection is made, and made again, in the background. */
  start(): void {
    if (this.#client) return;
    this.#session = this.#o.catalog.nextSession();
    const client = mqtt.connect(this.#o.brokerUrl, {
      clientId: `tillsight-${this.#o.store}-${this.#o.terminal}`,
      ...this.#o.credentials,
      reconnectPeriod: reconnectDelayMs(0, () => 0),
      connectTimeout: 10_000,
      keepalive: 20,
      resubscribe: false,
      queueQoSZero: false,
      will: this.#will(),
    });
    this.#client = client;
    client.on("connect", () => void this.#onConnect(client));
    client.on("close", () => this.#onClose(client));
    client.on("error", (error) => this.#log.debug("broker error", { error: error.message }));
    client.on("message", (topic, payload) => this.#onMessage(topic, payload));
    this.#timer = setInterval(() => this.#step(), Math.min(1000, answerWaitMs)).unref();
  }

  /** Says goodbye when it can (a will would come late) and closes; bounded to a second. */
  async stop(): Promise<void> {
    const client = this.#client;
    if (!client) return;
    this.#client = undefined;
    clearInterval(this.#timer);
    const bounded = new Promise<void>((resolve) => setTimeout(resolve, 1000).unref());
    if (client.connected) {
      const goodbye = client.publishAsync(this.#topics.presence, this.#presence("offline"), {
        qos: 1,
        retain: true,
      });
      await Promise.race([goodbye.then(() => client.endAsync()).catch(() => {}), bounded]);
    }
    client.end(true);
  }

  /** How far behind, what was refused and why; `degraded` never stops the lane from selling. */
  health(): PartHealth {
    const connected = this.#client?.connected ?? false;
    const behind = this.#head ? Math.max(0, this.#head.lsn - this.#o.catalog.lsn) : null;
    const facts = { connected, lsn: this.#o.catalog.lsn, behind, ...this.rejects() };
    if (this.#unhealthy) return { state: "degraded", detail: this.#unhealthy, facts };
    if (!connected)
      return {
        state: "degraded",
        detail: "no connection to headquarters; the lane sells what it has",
        fix: "Check the network and `sync.brokerUrl`.",
        facts,
      };
    return {
      state: "ok",
      detail: behind === 0 ? "level with headquarters" : `${behind ?? "?"} changes behind`,
      facts,
    };
  }

  /** Messages that were dropped, by reason. */
  rejects(): Record<string, number> {
    return Object.fromEntries([...this.#rejects].map(([reason, n]) => [`rejected ${reason}`, n]));
  }

  async #onConnect(client: MqttClient): Promise<void> {
    this.#attempt = 0;
    this.#head = null;
    this.#forgetRequest();
    client.options.reconnectPeriod = reconnectDelayMs(0, this.#o.random ?? Math.random);
    try {
      // Birth first, so that nobody sees this lane's messages before the lane.
      await client.publishAsync(this.#topics.presence, this.#presence("online"), { qos: 1, retain: true });
      this.#reportedLsn = this.#o.catalog.lsn;
      await client.subscribeAsync([this.#topics.head, this.#topics.delta, this.#topics.range], { qos: 1 });
      this.#log.info("connected to headquarters", { lsn: this.#o.catalog.lsn, session: this.#session });
    } catch (error) {
      this.#log.warn("the broker refused this lane's topics", { error: String(error) });
    }
  }

  /** mqtt.js reads both options anew for its next attempt; the next life of the lane needs a will of its own. */
  #onClose(client: MqttClient): void {
    if (this.#client !== client) return;
    if (this.#attempt === 0) {
      this.#log.info("connection to headquarters lost, the lane goes on");
      this.#session = this.#o.catalog.nextSession();
      client.options.will = this.#will();
    }
    client.options.reconnectPeriod = reconnectDelayMs(++this.#attempt, this.#o.random ?? Math.random);
  }

  #onMessage(topic: string, payload: Buffer): void {
    try {
      if (topic === this.#topics.head) this.#onHead(this.#parse(CatalogHead, payload));
      else if (topic === this.#topics.delta) this.#onDelta(this.#parse(CatalogDelta, payload), false);
      else if (topic === this.#topics.range) this.#onDelta(this.#parse(CatalogDelta, payload), true);
    } catch (error) {
      this.#reject(topic, error);
    }
    this.#step();
  }

  #parse<T>(schema: z.ZodType<T>, payload: Buffer): T {
    return schema.parse(JSON.parse(payload.toString("utf8")));
  }

  #onHead(head: CatalogHead): void {
    this.#head = head;
  }

  #onDelta(delta: CatalogDelta, asked: boolean): void {
    // A delta arrives before the head that names it, and after a gap it says how far there is to go.
    if (this.#head && this.#head.lsn < delta.toLsn) this.#head = { ...this.#head, lsn: delta.toLsn };
    const { lsn, applied } = this.#o.catalog.apply(delta);
    if (asked || applied > 0) this.#forgetRequest();
    if (applied > 0) this.#log.debug("catalog changes applied", { applied, lsn });
  }

  #reject(topic: string, error: unknown): void {
    const reason = error instanceof TillsightError ? error.code : "MALFORMED";
    this.#rejects.set(reason, (this.#rejects.get(reason) ?? 0) + 1);
    if (reason === "CATALOG_GAP") this.#log.debug("changes are missing, asking for them", { reason });
    else
      this.#log.warn("message from headquarters refused", {
        topic,
        reason,
        error: describeError(error).slice(0, 300),
      });
  }

  #forgetRequest(): void {
    this.#askedAt = null;
    this.#unanswered = 0;
  }

  #step(): void {
    const client = this.#client;
    if (!client?.connected) return;
    this.#report(client);
    const state: FollowState = {
      cursor: this.#o.catalog.lsn,
      head: this.#head,
      askedAt: this.#askedAt,
      unanswered: this.#unanswered,
    };
    const step = nextStep(state, this.#o.catalog.embedderId, this.#clock.monotonic());
    this.#unhealthy = this.#complaint(step.do === "nothing" ? step.because : "");
    if (step.do === "nothing") return;
    this.#askedAt = this.#clock.monotonic();
    this.#unanswered++;
    const request: CatalogRangeRequest = { terminal: this.#o.terminal, afterLsn: step.afterLsn };
    client.publish(topics.catalogRequest.topic(this.#o.store), JSON.stringify(request), { qos: 1 });
  }

  #complaint(because: string): string {
    if (because === "embedder")
      return `headquarters uses embedder ${this.#head?.embedderId}, this lane ${this.#o.catalog.embedderId}: changes wait`;
    if (because === "ahead")
      return `this lane is at LSN ${this.#o.catalog.lsn}, headquarters only at ${this.#head?.lsn}: was it restored from a backup?`;
    if (this.#unanswered > 3) return "headquarters does not answer, or what it sends is refused: see the log";
    return "";
  }

  /** At most once a tick, so that a burst of changes is one message. */
  #report(client: MqttClient): void {
    const lsn = this.#o.catalog.lsn;
    if (lsn === this.#reportedLsn) return;
    this.#reportedLsn = lsn;
    client.publish(this.#topics.presence, this.#presence("online"), { qos: 1, retain: true });
  }

  #presence(state: Presence["state"]): string {
    return JSON.stringify({ state, session: this.#session, lsn: this.#o.catalog.lsn } satisfies Presence);
  }

  #will() {
    return {
      topic: this.#topics.presence,
      payload: Buffer.from(this.#presence("offline")),
      qos: 1 as const,
      retain: true,
    };
  }
}
