import {
  type CatalogDelta,
  type CatalogHead,
  CatalogRangeRequest,
  type NodeName,
  type PartHealth,
  topics,
} from "@tillsight/contracts";
import mqtt, { type MqttClient } from "mqtt";
import type { CloudCatalog } from "../catalog/catalog.js";
import { type Logger, silentLogger } from "../log.js";
import { readDelta } from "./delta.js";

export interface PublisherOptions {
  readonly catalog: CloudCatalog;
  readonly brokerUrl: string;
  readonly store: NodeName;
  readonly log?: Logger;
  /** Bound of one message, bytes of JSON, about. */
  readonly maxBytes?: number;
}

/** Brokers commonly refuse packets of more than 256 KiB to 1 MiB unless told otherwise. */
const defaultMaxBytes = 200_000;

/**
 * Carries the catalog's changes to a broker. The change table is the outbox: what was not confirmed is
 * published (again) when the process or the broker comes back, which lanes recognise by its LSNs.
 */
export class Publisher {
  readonly #o: PublisherOptions;
  readonly #log: Logger;
  readonly #maxBytes: number;
  readonly #answering = new Set<NodeName>();
  #client: MqttClient | undefined;
  #unsubscribe: () => void = () => {};
  #flushing = false;
  #again = false;
  /** A broker that was started again knows no head: it is told at once, changes or not. */
  #headDue = false;
  #work: Promise<unknown> = Promise.resolve();
  #rejected = 0;

  constructor(options: PublisherOptions) {
    this.#o = options;
    this.#log = options.log ?? silentLogger;
    this.#maxBytes = options.maxBytes ?? defaultMaxBytes;
  }

  /** Returns at once; the broker is tried for ever in the background. */
  start(): void {
    if (this.#client) return;
    const client = mqtt.connect(this.#o.brokerUrl, {
      clientId: `tillsight-hq-${this.#o.store}`,
      ...{ reconnectPeriod: 1000, connectTimeout: 10_000, keepalive: 20, resubscribe: false },
    });
    this.#client = client;
    client.on("connect", () => void this.#onConnect(client));
    client.on("close", () => this.#log.debug("not connected to the broker"));
    client.on("error", (error) => this.#log.warn("broker error", { error: error.message }));
    client.on("message", (_, payload) => void this.#onRequest(client, payload));
    this.#unsubscribe = this.#o.catalog.onChange(() => this.#flush(client));
  }

  /** Gives what is on its way a second; the rest stays in the outbox. */
  async stop(): Promise<void> {
    const client = this.#client;
    if (!client) return;
    this.#client = undefined;
    this.#unsubscribe();
    const second = new Promise((resolve) => setTimeout(resolve, 1000).unref());
    await Promise.race([client.endAsync().catch(() => {}), second]);
    client.end(true);
    await Promise.race([this.#work, second]);
  }

  health(): PartHealth {
    const facts = { connected: this.#client?.connected ?? false, rejectedRequests: this.#rejected };
    if (facts.connected) return { state: "ok", detail: "connected to the broker", facts };
    return {
      state: "degraded",
      detail: "no broker; changes wait in the outbox",
      fix: "Check the broker and --broker-url.",
      facts,
    };
  }

  async #onConnect(client: MqttClient): Promise<void> {
    try {
      await client.subscribeAsync(topics.catalogRequest.topic(this.#o.store), { qos: 1 });
      this.#headDue = true;
      this.#log.info("connected to the broker", { broker: new URL(this.#o.brokerUrl).host });
      this.#flush(client);
    } catch (error) {
      this.#log.warn("the broker refused headquarters", { error: String(error) });
    }
  }

  /** One at a time, and once more for what came meanwhile: heads must not overtake each other. */
  #flush(client: MqttClient): void {
    this.#again = true;
    if (this.#flushing || !client.connected) return;
    this.#flushing = true;
    this.#work = this.#flushAll(client).catch((error) =>
      this.#log.warn("publishing failed, the changes stay in the outbox", { error: String(error) }),
    );
  }

  async #flushAll(client: MqttClient): Promise<void> {
    try {
      while (this.#again && this.#client === client) {
        this.#again = false;
        await this.#flushOnce(client);
      }
    } finally {
      // In the same turn as the loop's last look, so that no change falls between.
      this.#flushing = false;
    }
  }

  async #flushOnce(client: MqttClient): Promise<void> {
    let { publishedLsn } = await this.#o.catalog.state();
    if (this.#headDue) await this.#publishHead(client, publishedLsn);
    this.#headDue = false;
    while (this.#client === client) {
      const delta = await readDelta(this.#o.catalog.feed, this.#o.store, publishedLsn, this.#maxBytes);
      if (!delta) return;
      const topic = topics.catalogDelta.topic(this.#o.store);
      await client.publishAsync(topic, JSON.stringify(delta satisfies CatalogDelta), { qos: 1 });
      await this.#publishHead(client, delta.toLsn);
      await this.#o.catalog.confirmPublished(delta.toLsn);
      publishedLsn = delta.toLsn;
    }
  }

  async #publishHead(client: MqttClient, lsn: number): Promise<void> {
    const head: CatalogHead = { lsn, oldestLsn: 0, embedderId: this.#o.catalog.embedderId };
    await client.publishAsync(topics.catalogHead.topic(this.#o.store), JSON.stringify(head), {
      qos: 1,
      retain: true,
    });
  }

  async #onRequest(client: MqttClient, payload: Buffer): Promise<void> {
    const request = this.#parse(payload);
    if (!request || this.#answering.has(request.terminal)) return;
    this.#answering.add(request.terminal);
    try {
      const delta = await readDelta(this.#o.catalog.feed, this.#o.store, request.afterLsn, this.#maxBytes);
      if (!delta || this.#client !== client) return;
      const topic = topics.catalogRange.topic(this.#o.store, request.terminal);
      await client.publishAsync(topic, JSON.stringify(delta satisfies CatalogDelta), { qos: 1 });
    } catch (error) {
      this.#log.warn("a lane's request was not answered", {
        terminal: request.terminal,
        error: String(error),
      });
    } finally {
      this.#answering.delete(request.terminal);
    }
  }

  #parse(payload: Buffer): CatalogRangeRequest | undefined {
    try {
      return CatalogRangeRequest.parse(JSON.parse(payload.toString("utf8")));
    } catch (error) {
      this.#rejected++;
      this.#log.warn("malformed request refused", { error: String(error).slice(0, 200) });
      return undefined;
    }
  }
}
