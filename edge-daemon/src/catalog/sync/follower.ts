import {
  BrokerLine,
  type CatalogRequest,
  keepLine,
  type MqttVersion,
  type NodeName,
  type PartHealth,
  type Presence,
  topics,
} from "@tillsight/contracts";
import type { PublicKey } from "@tillsight/sync-protocol";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { ModelFetch } from "../../networks/model-fetch.js";
import { type Logger, silentLogger } from "../../observe/logger.js";
import type { Clock } from "../../ports/clock.js";
import type { Catalog } from "../catalog.js";
import { brokerTrouble } from "./broker-fixes.js";
import { answerWaitMs, reconnectDelayMs } from "./follow-plan.js";
import { LaneSync, type SyncTopic } from "./lane-sync.js";

export interface FollowerOptions {
  readonly catalog: Catalog;
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://`. */
  readonly brokerUrl: string;
  readonly store: NodeName;
  readonly terminal: NodeName;
  /** Keys of headquarters that are believed from the start. */
  readonly trustedKeys: readonly PublicKey[];
  /** Folder for what is on its way in. */
  readonly dir: string;
  readonly credentials?: { readonly username: string; readonly password: string };
  /** PEM of the authority that signed the broker's certificate, when the system does not know it. */
  readonly ca?: string;
  /** Folder of networks that headquarters brings; left out: none are brought. */
  readonly modelDir?: string;
  /** Left out: MQTT 5, or 3.1.1 where the broker says that it does not speak 5. */
  readonly mqttVersion?: MqttVersion | undefined;
  /** LSN beyond which nothing is applied for now; null: no such. */
  readonly hold?: () => number | null;
  readonly log?: Logger;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/** What the broker refused is tried again after this long, ms: rights are given later. */
const refusedAgainMs = 30_000;

/**
 * Keeps the lane's catalog level with headquarters over MQTT. Whatever happens here, the lane goes on selling
 * from what it has; a broker that is away is tried again for ever.
 */
export class CatalogFollower {
  readonly sync: LaneSync;
  readonly models: ModelFetch | undefined;
  readonly #o: FollowerOptions;
  readonly #log: Logger;
  readonly #topics: ReadonlyMap<string, SyncTopic>;
  readonly #presenceTopic: string;
  readonly #requestTopic: string;
  readonly #modelTopic: string | undefined;
  readonly #line: BrokerLine;
  #client: MqttClient | undefined;
  #timer: NodeJS.Timeout | undefined;
  #again: NodeJS.Timeout | undefined;
  #attempt = 0;
  #session = 0;
  #reportedLsn = -1;

  constructor(options: FollowerOptions) {
    this.#o = options;
    this.#log = options.log ?? silentLogger;
    const { store, terminal } = options;
    this.#topics = new Map<string, SyncTopic>([
      // Keys first: what follows may be signed by the newest.
      [topics.catalogKeys.topic(store), "keys"],
      [topics.catalogHead.topic(store), "head"],
      [topics.catalogDelta.topic(store), "delta"],
      [topics.catalogAnswer.topic(store, terminal), "answer"],
    ]);
    this.#presenceTopic = topics.presence.topic(store, terminal);
    this.#requestTopic = topics.catalogRequest.topic(store, terminal);
    this.#line = new BrokerLine({
      version: options.mqttVersion,
      onTrouble: (trouble) => this.#log.warn("no way to headquarters", brokerTrouble(trouble)),
    });
    const send = (request: CatalogRequest) => this.#send(request);
    this.sync = new LaneSync({ ...options, send });
    const { modelDir, log, clock } = options;
    if (modelDir === undefined) return;
    this.models = new ModelFetch({ dir: modelDir, store, trust: this.sync.trust, send, log, clock });
    this.#modelTopic = topics.modelAnswer.topic(store, terminal);
  }

  /** Returns at once; the connection is made, and made again, in the background. */
  start(): void {
    if (this.#client) return;
    this.#session = this.#o.catalog.nextSession();
    const client = mqtt.connect(this.#o.brokerUrl, this.#clientOptions());
    this.#client = client;
    keepLine(client, this.#line, () => this.#onLost(client));
    client.on("connect", () => void this.#onConnect(client));
    client.on("error", (error) => this.#log.debug("broker error", { error: error.message }));
    client.on("message", (topic, payload) => this.#onMessage(topic, payload));
    this.#timer = setInterval(() => this.#tick(), Math.min(1000, answerWaitMs)).unref();
  }

  /** Says goodbye when it can (a will would come late) and closes; bounded to a second. */
  async stop(): Promise<void> {
    const client = this.#client;
    if (!client) return;
    this.#client = undefined;
    clearInterval(this.#timer);
    clearTimeout(this.#again);
    const bounded = new Promise<void>((resolve) => setTimeout(resolve, 1000).unref());
    if (client.connected) {
      const goodbye = client.publishAsync(this.#presenceTopic, this.#presence("offline"), {
        qos: 1,
        retain: true,
      });
      await Promise.race([goodbye.then(() => client.endAsync()).catch(() => {}), bounded]);
    }
    client.end(true);
    await this.sync.stop();
    await this.models?.settled();
  }

  /** How far behind, what was refused and why; `degraded` never stops the lane from selling. */
  health(): PartHealth {
    const connected = this.#client?.connected ?? false;
    const { behind, complaint } = this.sync;
    const facts = { connected, lsn: this.#o.catalog.lsn, behind, ...this.sync.facts };
    if (complaint) return { state: "degraded", detail: complaint, facts };
    const { trouble } = this.#line;
    if (trouble) return { state: "degraded", ...brokerTrouble(trouble), facts };
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

  #clientOptions(): IClientOptions {
    const { store, terminal, credentials, ca } = this.#o;
    return {
      clientId: `tillsight-${store}-${terminal}`,
      protocolVersion: this.#line.version,
      ...credentials,
      ...(ca === undefined ? {} : { ca }),
      ...{ reconnectPeriod: reconnectDelayMs(0, () => 0), connectTimeout: 10_000, keepalive: 20 },
      ...{ resubscribe: false, queueQoSZero: false, will: this.#will() },
      // A broker may keep a lane waiting before it says no; and a no is tried again too: rights are given later.
      reconnectOnConnackError: true,
    };
  }

  async #onConnect(client: MqttClient): Promise<void> {
    this.#attempt = 0;
    this.sync.connected();
    this.models?.connected();
    client.options.reconnectPeriod = reconnectDelayMs(0, this.#o.random ?? Math.random);
    // Birth first, so that nobody sees this lane's messages before the lane; the catalog comes without one too.
    this.#tell(client);
    await this.#subscribe(client);
    await this.#subscribeModels(client);
  }

  /** Apart: a broker that has not been told of this topic yet must not keep the catalog from the lane. */
  async #subscribeModels(client: MqttClient): Promise<void> {
    if (this.#modelTopic === undefined) return;
    try {
      await client.subscribeAsync(this.#modelTopic, { qos: 1 });
    } catch (error) {
      const fix = "Write the broker's file of rights anew.";
      this.#log.warn("the broker refused the topic of networks", { error: String(error), fix });
    }
  }

  /** Tried again on the same connection while the broker refuses it. */
  async #subscribe(client: MqttClient): Promise<void> {
    const filters = [...this.#topics.keys()];
    clearTimeout(this.#again);
    try {
      await client.subscribeAsync(filters, { qos: 1 });
      this.#line.granted("subscribe to", filters);
      this.#log.info("connected to headquarters", { lsn: this.#o.catalog.lsn, session: this.#session });
    } catch (error) {
      this.#line.denied("subscribe to", filters, error);
      if (this.#client !== client || !client.connected) return;
      this.#again = setTimeout(() => void this.#subscribe(client), refusedAgainMs).unref();
    }
  }

  /** The next life of the lane needs a will of its own; mqtt.js reads both options anew for its next attempt. */
  #onLost(client: MqttClient): void {
    clearTimeout(this.#again);
    if (this.#client !== client) return;
    if (this.#attempt === 0) {
      this.#log.info("connection to headquarters lost, the lane goes on");
      this.#session = this.#o.catalog.nextSession();
      client.options.will = this.#will();
    }
    client.options.reconnectPeriod = reconnectDelayMs(++this.#attempt, this.#o.random ?? Math.random);
  }

  #onMessage(topic: string, payload: Buffer): void {
    if (!this.#client) return;
    const known = this.#topics.get(topic);
    if (known) this.sync.receive(known, payload);
    else if (topic === this.#modelTopic) this.models?.receive(payload);
  }

  #send(request: CatalogRequest): boolean {
    if (!this.#client?.connected) return false;
    this.#publish(this.#client, this.#requestTopic, JSON.stringify(request), false);
    return true;
  }

  /** At most once a second, so that a burst of changes is one message. */
  #tick(): void {
    const client = this.#client;
    if (!client?.connected) return;
    this.sync.step();
    this.models?.step();
    if (this.#o.catalog.lsn !== this.#reportedLsn) this.#tell(client);
  }

  #tell(client: MqttClient): void {
    this.#reportedLsn = this.#o.catalog.lsn;
    this.#publish(client, this.#presenceTopic, this.#presence("online"), true);
  }

  #publish(client: MqttClient, topic: string, text: string, retain: boolean): void {
    client.publish(topic, text, { qos: 1, retain }, (error) => {
      if (error) this.#line.denied("publish on", [topic], error);
      else this.#line.granted("publish on", [topic]);
    });
  }

  #presence(state: Presence["state"]): string {
    return JSON.stringify({ state, session: this.#session, lsn: this.#o.catalog.lsn } satisfies Presence);
  }

  #will(): NonNullable<IClientOptions["will"]> {
    const payload = Buffer.from(this.#presence("offline"));
    return { topic: this.#presenceTopic, payload, qos: 1, retain: true };
  }
}
