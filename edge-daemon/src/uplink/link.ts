import {
  type Beat,
  type Birth,
  fleetTopics,
  type LaneSpeaks,
  type NodeName,
  Order,
  UpReceipt,
} from "@tillsight/contracts";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { reconnectDelayMs } from "../catalog/sync/follow-plan.js";
import type { Logger } from "../observe/logger.js";

export interface LinkOptions {
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://`. */
  readonly brokerUrl: string;
  readonly store: NodeName;
  readonly terminal: NodeName;
  readonly credentials?: { readonly username: string; readonly password: string };
  /** PEM of the authority that signed the broker's certificate, when the system does not know it. */
  readonly ca?: string;
  readonly beatSeconds: number;
  /** Number of the next session. */
  readonly newSession: () => number;
  readonly birth: () => Omit<Birth, "session" | "beatSeconds">;
  readonly beat: () => Omit<Beat, "session" | "sequence">;
  readonly onOrder: (order: Order) => void;
  readonly onReceipt: (receipt: UpReceipt) => void;
  /** Born: whatever waits may be sent. */
  readonly onConnected: () => void;
  readonly log: Logger;
  readonly random?: () => number;
}

/**
 * The lane's own connection for what goes up, apart from the catalog's: neither waits for the other. A birth comes
 * first in every session, its death is left with the broker as a will.
 */
export class UplinkLink {
  readonly #o: LinkOptions;
  readonly #topics: Readonly<Record<LaneSpeaks | "order" | "receipt", string>>;
  #client: MqttClient | undefined;
  #timer: NodeJS.Timeout | undefined;
  #attempt = 0;
  #session = 0;
  #sequence = 0;
  #born = false;
  #rejected = 0;

  constructor(options: LinkOptions) {
    this.#o = options;
    const { store, terminal } = options;
    const topic = (name: keyof typeof fleetTopics) => fleetTopics[name].topic(store, terminal);
    this.#topics = {
      ...{ birth: topic("birth"), beat: topic("beat"), death: topic("death"), answer: topic("answer") },
      ...{ up: topic("up"), order: topic("order"), receipt: topic("receipt") },
    };
  }

  /** Returns at once; the connection is made, and made again, in the background. */
  start(): void {
    if (this.#client) return;
    this.#session = this.#o.newSession();
    const client = mqtt.connect(this.#o.brokerUrl, this.#clientOptions());
    this.#client = client;
    client.on("connect", () => void this.#onConnect(client));
    client.on("close", () => this.#onClose(client));
    client.on("error", (error) => this.#o.log.debug("uplink broker error", { error: error.message }));
    client.on("message", (topic, payload) => this.#onMessage(topic, payload));
    this.#timer = setInterval(() => this.#beat(), this.#o.beatSeconds * 1000).unref();
  }

  /** Says goodbye when it can and closes; bounded to a second. */
  async stop(): Promise<void> {
    const client = this.#client;
    if (!client) return;
    this.#client = undefined;
    clearInterval(this.#timer);
    const bounded = new Promise<void>((resolve) => setTimeout(resolve, 1000).unref());
    if (client.connected) {
      const goodbye = client.publishAsync(this.#topics.death, this.#death(), { qos: 1 });
      await Promise.race([goodbye.then(() => client.endAsync()).catch(() => {}), bounded]);
    }
    client.end(true);
  }

  get connected(): boolean {
    return this.#born && (this.#client?.connected ?? false);
  }

  /** Messages of headquarters that did not fit. */
  get rejected(): number {
    return this.#rejected;
  }

  get session(): number {
    return this.#session;
  }

  /** Hands a message to the broker. @returns false when there is no connection */
  send(name: LaneSpeaks, body: object): boolean {
    if (!this.connected) return false;
    this.#client?.publish(this.#topics[name], JSON.stringify(body), { qos: 1 });
    return true;
  }

  /** Like `send`, and resolves when the broker has it; at once when there is no connection. */
  async sendNow(name: LaneSpeaks, body: object): Promise<void> {
    if (this.connected)
      await this.#client?.publishAsync(this.#topics[name], JSON.stringify(body), { qos: 1 });
  }

  /** Tells everything anew, as when headquarters has missed something. */
  rebirth(): void {
    if (!this.connected) return;
    this.#sequence = 0;
    this.send("birth", this.#birth());
    this.#beat();
  }

  /** A sign of life now, as when something changed that people look at. */
  beatNow(): void {
    this.#beat();
  }

  #clientOptions(): IClientOptions {
    const { store, terminal, credentials, ca } = this.#o;
    return {
      clientId: `tillsight-${store}-${terminal}-up`,
      ...credentials,
      ...(ca === undefined ? {} : { ca }),
      ...{ reconnectPeriod: reconnectDelayMs(0, () => 0), connectTimeout: 10_000, keepalive: 20 },
      ...{ resubscribe: false, queueQoSZero: false, will: this.#will() },
      reconnectOnConnackError: true,
    };
  }

  async #onConnect(client: MqttClient): Promise<void> {
    this.#attempt = 0;
    this.#sequence = 0;
    client.options.reconnectPeriod = reconnectDelayMs(0, this.#o.random ?? Math.random);
    try {
      // Subscribed first: what headquarters answers to the birth must find somebody listening.
      await client.subscribeAsync([this.#topics.order, this.#topics.receipt], { qos: 1 });
      await client.publishAsync(this.#topics.birth, JSON.stringify(this.#birth()), { qos: 1 });
      this.#born = true;
      this.#beat();
      this.#o.onConnected();
    } catch (error) {
      this.#o.log.warn("the broker refused this lane's uplink", { error: String(error) });
    }
  }

  /** mqtt.js reads both options anew for its next attempt; the next session needs a will of its own. */
  #onClose(client: MqttClient): void {
    this.#born = false;
    if (this.#client !== client) return;
    if (this.#attempt === 0) {
      this.#session = this.#o.newSession();
      client.options.will = this.#will();
    }
    client.options.reconnectPeriod = reconnectDelayMs(++this.#attempt, this.#o.random ?? Math.random);
  }

  #onMessage(topic: string, payload: Buffer): void {
    const { onOrder, onReceipt, log } = this.#o;
    try {
      const message: unknown = JSON.parse(payload.toString("utf8"));
      if (topic === this.#topics.order) onOrder(Order.parse(message));
      if (topic === this.#topics.receipt) onReceipt(UpReceipt.parse(message));
    } catch (error) {
      this.#rejected++;
      log.warn("message from headquarters refused", { topic, error: String(error).slice(0, 200) });
    }
  }

  #beat(): void {
    if (!this.connected) return;
    this.send("beat", {
      ...this.#o.beat(),
      session: this.#session,
      sequence: ++this.#sequence,
    } satisfies Beat);
  }

  #birth(): Birth {
    return { ...this.#o.birth(), session: this.#session, beatSeconds: this.#o.beatSeconds };
  }

  #death = (): string => JSON.stringify({ session: this.#session });

  #will(): NonNullable<IClientOptions["will"]> {
    return { topic: this.#topics.death, payload: Buffer.from(this.#death()), qos: 1, retain: false };
  }
}
