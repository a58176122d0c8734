import {
  type Beat,
  type Birth,
  BrokerLine,
  type BrokerTrouble,
  fleetTopics,
  keepLine,
  type LaneSpeaks,
  type MqttVersion,
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
  /** Left out: MQTT 5, or 3.1.1 where the broker says that it does not speak 5. */
  readonly mqttVersion?: MqttVersion | undefined;
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
  readonly #line: BrokerLine;
  #client: MqttClient | undefined;
  #timer: NodeJS.Timeout | undefined;
  #attempt = 0;
  #session = 0;
  #sequence = 0;
  #born = false;
  /** Connections so far, and the one on which a birth is under way; 0: none. */
  #connection = 0;
  #entering = 0;
  #rejected = 0;

  constructor(options: LinkOptions) {
    this.#o = options;
    this.#line = new BrokerLine({ version: options.mqttVersion });
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
    keepLine(client, this.#line, () => this.#onLost(client));
    client.on("connect", () => this.#onConnect(client));
    client.on("error", (error) => this.#o.log.debug("uplink broker error", { error: error.message }));
    client.on("message", (topic, payload) => this.#onMessage(topic, payload));
    this.#timer = setInterval(() => this.#pulse(), this.#o.beatSeconds * 1000).unref();
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

  /** What is in the way at the broker. */
  get trouble(): BrokerTrouble | undefined {
    return this.#line.trouble;
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
    const topic = this.#topics[name];
    this.#client?.publish(topic, JSON.stringify(body), { qos: 1 }, (error) => {
      if (error) this.#line.denied("publish on", [topic], error);
      else this.#line.granted("publish on", [topic]);
    });
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
      protocolVersion: this.#line.version,
      ...credentials,
      ...(ca === undefined ? {} : { ca }),
      ...{ reconnectPeriod: reconnectDelayMs(0, () => 0), connectTimeout: 10_000, keepalive: 20 },
      ...{ resubscribe: false, queueQoSZero: false, will: this.#will() },
      reconnectOnConnackError: true,
    };
  }

  #onConnect(client: MqttClient): void {
    this.#attempt = 0;
    this.#sequence = 0;
    this.#connection++;
    client.options.reconnectPeriod = reconnectDelayMs(0, this.#o.random ?? Math.random);
    void this.#enter(client);
  }

  /** Tried again with the next beat while the broker refuses it: rights are given later. */
  async #enter(client: MqttClient): Promise<void> {
    const connection = this.#connection;
    if (this.#entering === connection) return;
    this.#entering = connection;
    // Subscribed first: what headquarters answers to the birth must find somebody listening.
    const entered = (await this.#subscribe(client)) && (await this.#bear(client));
    // A birth that a broken connection kept waiting is told on the next one, which has its own.
    if (connection !== this.#connection) return;
    this.#entering = 0;
    if (!entered || !client.connected) return;
    this.#born = true;
    this.#beat();
    this.#o.onConnected();
  }

  async #subscribe(client: MqttClient): Promise<boolean> {
    const filters = [this.#topics.order, this.#topics.receipt];
    try {
      await client.subscribeAsync(filters, { qos: 1 });
      this.#line.granted("subscribe to", filters);
      return true;
    } catch (error) {
      this.#line.denied("subscribe to", filters, error);
      return false;
    }
  }

  async #bear(client: MqttClient): Promise<boolean> {
    const { birth } = this.#topics;
    try {
      await client.publishAsync(birth, JSON.stringify(this.#birth()), { qos: 1 });
      this.#line.granted("publish on", [birth]);
      return true;
    } catch (error) {
      this.#line.denied("publish on", [birth], error);
      return false;
    }
  }

  /** The next session needs a will of its own; mqtt.js reads both options anew for its next attempt. */
  #onLost(client: MqttClient): void {
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

  #pulse(): void {
    const client = this.#client;
    if (client?.connected && !this.#born) void this.#enter(client);
    else this.#beat();
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
