import {
  type BrokerProperties,
  type BrokerTrouble,
  brokerLacks,
  deniedOf,
  endedWithoutWord,
  explainBroker,
  explainCode,
  explainDenied,
  type MqttVersion,
} from "./broker.js";

/** What a broker gave as its reason for ending a connection is shown this long, also when it let us in again, ms. */
const toldMs = 60_000;

/** Let in and soon out again, so often in a row: somebody else has this name, or the broker is against something. */
const briefly = { ms: 5_000, times: 3 };

const thrownOut: BrokerTrouble = {
  fault: "takenOver",
  detail: "lets this client in and ends the connection at once, over and over",
};

export interface BrokerLineOptions {
  /** Left out: MQTT 5, and 3.1.1 where the broker answers that it does not speak 5. */
  readonly version?: MqttVersion | undefined;
  /** Hears of trouble when it begins and when it changes. */
  readonly onTrouble?: (trouble: BrokerTrouble) => void;
  readonly monotonic?: () => number;
}

/**
 * What a client knows of its broker: the version to speak, what the broker takes, and what is in the way. It is fed
 * with the client's events and does nothing by itself.
 */
export class BrokerLine {
  readonly #o: BrokerLineOptions;
  readonly #monotonic: () => number;
  readonly #denied = new Map<string, BrokerTrouble>();
  #version: MqttVersion;
  #connected = false;
  #since = 0;
  #brief = 0;
  #properties: BrokerProperties | undefined;
  #failure: BrokerTrouble | undefined;
  #told: { readonly trouble: BrokerTrouble; readonly at: number } | undefined;
  /** The attempt under way has failed with a reason. */
  #explained = false;
  #older = false;
  #said: string | undefined;

  constructor(options: BrokerLineOptions = {}) {
    this.#o = options;
    this.#version = options.version ?? 5;
    this.#monotonic = options.monotonic ?? (() => performance.now());
  }

  /** Of the next attempt. */
  get version(): MqttVersion {
    return this.#version;
  }

  /** Messages with QoS 1 that the broker takes before it has confirmed the first of them. */
  get receiveMaximum(): number {
    return this.#properties?.receiveMaximum ?? 65_535;
  }

  /** What is in the way; undefined when nothing is, or nobody knows. */
  get trouble(): BrokerTrouble | undefined {
    const told = this.#told;
    const recent = told && this.#monotonic() - told.at < toldMs ? told.trouble : undefined;
    if (!this.#connected) return this.#failure ?? recent;
    const [denied] = this.#denied.values();
    return recent ?? brokerLacks(this.#properties) ?? denied;
  }

  /** Let in. */
  connected(properties: BrokerProperties | undefined): void {
    this.#connected = true;
    this.#since = this.#monotonic();
    this.#properties = properties;
    this.#failure = undefined;
    this.#denied.clear();
    this.#say();
  }

  /** @returns whether to try the older version at once: only when the broker says itself that this one is not spoken */
  failed(error: unknown): boolean {
    const { code } = (error ?? {}) as { code?: unknown };
    this.#explained = true;
    if (this.#o.version === undefined && this.#version === 5 && (code === 1 || code === 132)) {
      this.#version = 4;
      this.#older = true;
      return true;
    }
    this.#failure = explainBroker(error);
    this.#say();
    return false;
  }

  /** The broker ends the connection and says why (MQTT 5). */
  told(code: number): void {
    if (code !== 0) this.#note(explainCode(code));
  }

  /** @returns false when it closed for the change of version alone */
  closed(): boolean {
    const older = this.#older;
    this.#older = false;
    if (this.#connected) this.#lost();
    else if (!this.#explained) this.#failure = endedWithoutWord;
    this.#connected = false;
    this.#explained = false;
    this.#properties = undefined;
    this.#say();
    return !older;
  }

  /** A publication or subscription failed; only what the broker refused counts, not a connection that broke. */
  denied(doing: "publish on" | "subscribe to", topics: readonly string[], error: unknown): void {
    for (const [topic, code] of deniedOf(error, topics))
      this.#denied.set(`${doing} ${topic}`, explainDenied(doing, topic, code));
    this.#say();
  }

  granted(doing: "publish on" | "subscribe to", topics: readonly string[]): void {
    if (this.#denied.size > 0) for (const topic of topics) this.#denied.delete(`${doing} ${topic}`);
  }

  #lost(): void {
    this.#failure = undefined;
    this.#brief = this.#monotonic() - this.#since < briefly.ms ? this.#brief + 1 : 0;
    const [denied] = this.#denied.values();
    if (this.#brief >= briefly.times && !this.#explained) this.#note(denied ?? thrownOut);
  }

  #note(trouble: BrokerTrouble): void {
    this.#told = { trouble, at: this.#monotonic() };
    this.#explained = true;
    this.#say();
  }

  #say(): void {
    const { trouble } = this;
    if (trouble?.detail === this.#said) return;
    this.#said = trouble?.detail;
    if (trouble) this.#o.onTrouble?.(trouble);
  }
}

/** What is used of a client of mqtt.js. */
export interface LineClient {
  readonly options: { protocolVersion?: number | undefined; reconnectPeriod?: number | undefined };
  readonly stream: { once(event: "error", hear: (error: Error) => void): unknown };
  on(event: "connect", hear: (packet: { readonly properties?: BrokerProperties }) => void): unknown;
  on(event: "disconnect", hear: (packet: { readonly reasonCode?: number }) => void): unknown;
  on(event: "error", hear: (error: Error) => void): unknown;
  on(event: "close" | "reconnect", hear: () => void): unknown;
}

/** Pause before the older version is tried, ms: the refused connection is to be gone by then. */
const olderDelayMs = 100;

/** Feeds a line with the events of a client, and has the client speak its version. `onLost` hears of every end but a change of version. */
export function keepLine(client: LineClient, line: BrokerLine, onLost: () => void = () => {}): void {
  // mqtt.js keeps errors without a code to itself, such as a web server's answer instead of a WebSocket.
  const listen = () => client.stream.once("error", (error) => line.failed(error));
  listen();
  client.on("reconnect", () => queueMicrotask(listen));
  client.on("connect", (packet) => line.connected(packet.properties));
  client.on("disconnect", (packet) => line.told(packet.reasonCode ?? 0));
  let period = client.options.reconnectPeriod;
  client.on("error", (error) => {
    if (!line.failed(error)) return;
    period = client.options.reconnectPeriod;
    // mqtt.js reads both anew for its next attempt.
    Object.assign(client.options, { protocolVersion: line.version, reconnectPeriod: olderDelayMs });
  });
  client.on("close", () => {
    if (line.closed()) onLost();
    else client.options.reconnectPeriod = period;
  });
}
