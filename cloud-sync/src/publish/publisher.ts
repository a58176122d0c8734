import { randomUUID } from "node:crypto";
import {
  BrokerLine,
  CatalogRequest,
  keepLine,
  type MqttVersion,
  NodeName,
  type PartHealth,
  topics,
} from "@tillsight/contracts";
import type { SigningKey } from "@tillsight/sync-protocol";
import mqtt, { type MqttClient } from "mqtt";
import type { CatalogFeed } from "../catalog/feed.js";
import { ownsAll, type Share } from "../copies/copies.js";
import type { ModelShelf } from "../fleet/models/shelf.js";
import { type Logger, silentLogger } from "../log.js";
import type { Database } from "../storage/database.js";
import { AnswerQueue, type Asked } from "./answers.js";
import { brokerTrouble } from "./broker-fixes.js";
import { Flow } from "./flow.js";
import { StoreHistory } from "./history.js";
import { Ledger } from "./ledger.js";

export interface BrokerAccess {
  readonly username: string;
  readonly password: string;
}

export interface PublisherOptions {
  readonly db: Database;
  readonly feed: CatalogFeed;
  /** Stores whose lanes are served; asked again from time to time. */
  readonly stores: () => Promise<readonly NodeName[]>;
  readonly key: SigningKey;
  /** What lanes may be brought. */
  readonly models?: Pick<ModelShelf, "answer">;
  readonly brokerUrl: string;
  readonly access?: BrokerAccess | undefined;
  /** PEM of the authority that signed the broker's certificate, when the system does not know it. */
  readonly ca?: string | undefined;
  /** Left out: MQTT 5, or 3.1.1 where the broker says that it does not speak 5. */
  readonly mqttVersion?: MqttVersion | undefined;
  readonly log?: Logger;
  /** What other copies on the same database leave to this one. */
  readonly share?: Share;
  /** A head at least so often, ms, and a look at what other copies did: repairs what got lost on the way. */
  readonly refreshMs?: number;
}

/** Kinds of messages to lanes; from `range` on they are answers. */
export type Sent = "delta" | "head" | "keys" | "range" | "manifest" | "chunks" | "model" | "modelChunks";

/** Deltas that are sent before the broker has confirmed the first. */
const window = 32;
/** Deltas of a store that are kept for lanes that were away. */
const keptDeltas = 20_000;
const keptDays = 30;
/** A burst of changes is followed by one head. */
const headDelayMs = 250;
/** Another copy's deltas that are older are published in its place, ms: it may have ended. */
const deputyMs = 1000;

/**
 * Carries the catalog to the broker: deltas as soon as they are committed, heads, and answers to lanes. What the
 * broker has not confirmed stays in the ledger and is sent again, the same bytes, by this copy or another.
 */
export class Publisher {
  readonly ledger: Ledger;
  readonly #o: PublisherOptions;
  readonly #log: Logger;
  readonly #histories = new Map<NodeName, StoreHistory>();
  readonly #answers: AnswerQueue;
  readonly #line: BrokerLine;
  readonly #flow: Flow;
  readonly #headTimers = new Map<NodeName, NodeJS.Timeout>();
  #client: MqttClient | undefined;
  readonly #share: Share;
  #unsubscribe: (() => void)[] = [];
  #refresh: NodeJS.Timeout | undefined;
  #deputy: NodeJS.Timeout | undefined;
  #forOthers = false;
  #listening = false;
  #flushing = false;
  #again = false;
  #work: Promise<unknown> = Promise.resolve();
  readonly #sent = { delta: 0, head: 0, keys: 0, range: 0, manifest: 0, chunks: 0, model: 0, modelChunks: 0 };
  #rejected = 0;

  constructor(options: PublisherOptions) {
    this.#o = options;
    this.#log = options.log ?? silentLogger;
    this.#share = options.share ?? ownsAll;
    this.ledger = new Ledger(options.db);
    this.#answers = new AnswerQueue((asked) => this.#answer(asked));
    this.#line = new BrokerLine({
      version: options.mqttVersion,
      onTrouble: (trouble) => this.#log.warn("no way to the lanes", brokerTrouble(trouble)),
    });
    this.#flow = new Flow(() => this.#line.receiveMaximum);
  }

  /** Returns at once; the broker is tried for ever in the background. */
  start(): void {
    if (this.#client) return;
    const { brokerUrl, access, ca, feed, refreshMs = 30_000 } = this.#o;
    const client = mqtt.connect(brokerUrl, {
      // Copies of headquarters must not throw each other out.
      clientId: `tillsight-hq-${randomUUID()}`,
      ...{ ...access, protocolVersion: this.#line.version },
      ...(ca === undefined ? {} : { ca }),
      ...{ reconnectPeriod: 1000, connectTimeout: 10_000, keepalive: 20, resubscribe: false },
      reconnectOnConnackError: true,
    });
    this.#client = client;
    keepLine(client, this.#line, () => this.#log.debug("not connected to the broker"));
    client.on("connect", () => void this.#onConnect());
    client.on("message", (topic, payload) => this.#onRequest(topic, payload));
    this.#unsubscribe = [
      feed.onChange(() => {
        this.#flush();
        this.#deputize();
      }),
      // What a copy that is gone looked after is ours from now on.
      this.#share.onChange(() => void this.#refreshAll()),
    ];
    this.#refresh = setInterval(() => void this.#refreshAll(), refreshMs).unref();
    this.#flush();
  }

  /** Gives what is on its way a second; the rest stays in the ledger. */
  async stop(): Promise<void> {
    const client = this.#client;
    if (!client) return;
    this.#client = undefined;
    for (const end of this.#unsubscribe) end();
    clearInterval(this.#refresh);
    clearTimeout(this.#deputy);
    for (const timer of this.#headTimers.values()) clearTimeout(timer);
    this.#answers.clear();
    const second = new Promise((resolve) => setTimeout(resolve, 1000).unref());
    await Promise.race([client.endAsync().catch(() => {}), second]);
    client.end(true);
    // The database is closed next: nothing of ours may still use it.
    await Promise.all([this.#work, this.#answers.idle()]);
  }

  /** What a store is told. */
  history(store: NodeName): StoreHistory {
    const { feed, key } = this.#o;
    const found = this.#histories.get(store);
    if (found) return found;
    const history = new StoreHistory(store, { ledger: this.ledger, feed, key, log: this.#log });
    this.#histories.set(store, history);
    return history;
  }

  /** Messages that the broker confirmed, by what they were or answered. */
  get sent(): Readonly<Record<Sent, number>> {
    return this.#sent;
  }

  /** Lanes whose request is not answered yet. */
  get waiting(): number {
    return this.#answers.waiting;
  }

  /** Requests that did not fit. */
  get rejected(): number {
    return this.#rejected;
  }

  get connected(): boolean {
    return this.#client?.connected ?? false;
  }

  health(): PartHealth {
    const facts = {
      ...{ connected: this.#client?.connected ?? false, rejectedRequests: this.#rejected },
      lanesWaiting: this.#answers.waiting,
      messagesSent: Object.values(this.#sent).reduce((sum, n) => sum + n, 0),
    };
    const { trouble } = this.#line;
    if (trouble) return { state: "degraded", ...brokerTrouble(trouble), facts };
    if (facts.connected) return { state: "ok", detail: "connected to the broker", facts };
    return {
      state: "degraded",
      detail: "no broker; changes wait in the outbox",
      fix: "Check the broker and --broker-url.",
      facts,
    };
  }

  async #onConnect(): Promise<void> {
    this.#listening = false;
    this.#log.info("connected to the broker", { broker: new URL(this.#o.brokerUrl).host });
    await this.#refreshAll();
  }

  /** Tried again with every refresh while the broker refuses it. */
  async #listen(): Promise<void> {
    const client = this.#client;
    if (this.#listening || !client?.connected) return;
    // NodeName knows no "+", which the topic's function is only asked to put in its place.
    const requests = [topics.catalogRequest.topic("+", "+")];
    try {
      await client.subscribeAsync(requests, { qos: 1 });
      this.#listening = true;
      this.#line.granted("subscribe to", requests);
    } catch (error) {
      this.#line.denied("subscribe to", requests, error);
    }
  }

  /** A broker that was started again knows nothing: keys and heads are told anew, changes or not. */
  async #refreshAll(): Promise<void> {
    await this.#listen();
    this.#flush();
    this.#deputize();
    await this.#work;
    try {
      for (const store of await this.#ownStores()) {
        await this.#publishKeys(store);
        await this.#publishHead(store);
        await this.ledger.prune(store, keptDeltas, keptDays);
      }
    } catch (error) {
      this.#log.warn("heads could not be told", { error: String(error) });
    }
  }

  async #ownStores(): Promise<NodeName[]> {
    return (await this.#o.stores()).filter((store) => this.#share.owns(store));
  }

  /** Soon looks whether other copies have done their part. */
  #deputize(): void {
    if (this.#share.count <= 1 || !this.#client) return;
    this.#deputy ??= setTimeout(() => {
      this.#deputy = undefined;
      this.#forOthers = true;
      this.#flush();
    }, 2 * deputyMs).unref();
  }

  /** One at a time, and once more for what came meanwhile. */
  #flush(): void {
    this.#again = true;
    if (this.#flushing) return;
    this.#flushing = true;
    this.#work = this.#flushAll().catch((error) =>
      this.#log.warn("publishing failed, the changes stay in the outbox", { error: String(error) }),
    );
  }

  async #flushAll(): Promise<void> {
    try {
      while (this.#again && this.#client) {
        this.#again = false;
        for (const store of await this.#ownStores()) await this.#flushStore(store);
        if (this.#forOthers) await this.#flushForOthers();
      }
    } finally {
      // In the same turn as the loop's last look, so that no change falls between.
      this.#flushing = false;
    }
  }

  /** Also what they have not cut: whoever should have may have ended at any point. */
  async #flushForOthers(): Promise<void> {
    this.#forOthers = false;
    for (const store of await this.#o.stores()) {
      if (this.#share.owns(store)) continue;
      await this.#flushStore(store, deputyMs);
      // What is too young yet: see whether its owner has sent it by then.
      if ((await this.ledger.unpublished(store, 1)).length > 0) this.#deputize();
    }
  }

  async #flushStore(store: NodeName, olderThanMs = 0): Promise<void> {
    await this.history(store).cut();
    const topic = topics.catalogDelta.topic(store);
    while (this.#client?.connected) {
      const deltas = await this.ledger.unpublished(store, window, olderThanMs);
      const last = deltas.at(-1);
      if (!last) return;
      const sent = await Promise.all(deltas.map(({ bytes }) => this.#publish("delta", topic, bytes)));
      if (!sent.every(Boolean)) return;
      await this.ledger.confirm(store, last.toLsn);
      this.#headSoon(store);
    }
  }

  #headSoon(store: NodeName): void {
    if (this.#headTimers.has(store)) return;
    const tell = () => {
      this.#headTimers.delete(store);
      this.#publishHead(store).catch((error) =>
        this.#log.warn("a head could not be told", { store, error: String(error) }),
      );
    };
    this.#headTimers.set(store, setTimeout(tell, headDelayMs).unref());
  }

  async #publishHead(store: NodeName): Promise<void> {
    if (!this.#client?.connected) return;
    const head = await this.history(store).head();
    if (head) await this.#publish("head", topics.catalogHead.topic(store), head, true);
  }

  async #publishKeys(store: NodeName): Promise<void> {
    const frames = await this.ledger.endorsements(store);
    if (frames.length > 0)
      await this.#publish("keys", topics.catalogKeys.topic(store), Buffer.concat(frames), true);
  }

  /**
   * True when the broker has it, false when there is no connection; one that breaks meanwhile is waited for.
   * Rejects when the broker refuses it, which MQTT 5 alone can tell.
   */
  async #publish(what: Sent, topic: string, bytes: Uint8Array, retain = false): Promise<boolean> {
    const payload = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return this.#flow.run(async () => {
      const client = this.#client;
      if (!client?.connected) return false;
      await client.publishAsync(topic, payload, { qos: 1, retain }).catch((error: unknown) => {
        this.#line.denied("publish on", [topic], error);
        throw error;
      });
      this.#line.granted("publish on", [topic]);
      this.#sent[what]++;
      return true;
    });
  }

  #onRequest(topic: string, payload: Buffer): void {
    try {
      const [, store, , terminal] = topic.split("/");
      if (!this.#share.owns(`${store}/${terminal}`)) return;
      const request = CatalogRequest.parse(JSON.parse(payload.toString("utf8")));
      this.#answers.add({ store: NodeName.parse(store), terminal: NodeName.parse(terminal), request });
    } catch (error) {
      this.#rejected++;
      this.#log.warn("malformed request refused", { topic, error: String(error).slice(0, 200) });
    }
  }

  async #answer({ store, terminal, request }: Asked): Promise<void> {
    try {
      if (!this.#client || !(await this.#o.stores()).includes(store)) return;
      if (request.want === "model" || request.want === "modelChunks") {
        const told = (await this.#o.models?.answer(store, request, this.#o.key)) ?? [];
        const topic = topics.modelAnswer.topic(store, terminal);
        await Promise.all(told.map((bytes) => this.#publish(request.want, topic, bytes)));
        return;
      }
      const messages = await this.history(store).answer(request);
      const topic = topics.catalogAnswer.topic(store, terminal);
      // What is not kept any more: the head says what there is.
      if (messages.length === 0) await this.#publishHead(store);
      await Promise.all(messages.map((bytes) => this.#publish(request.want, topic, bytes)));
    } catch (error) {
      const facts = { store, terminal, want: request.want, error: String(error) };
      this.#log.warn("a lane's request was not answered", facts);
    }
  }
}
