import { createHash, randomUUID } from "node:crypto";
import {
  BrokerLine,
  type FleetCommand,
  fleetTopics,
  keepLine,
  type LaneHears,
  type LaneSpeaks,
  laneSpeaks,
  type MqttVersion,
  NodeName,
  type Order,
  type OrderAnswer,
  type PartHealth,
  type RemoteSettings,
  type UpBatch,
  type UpReceipt,
} from "@tillsight/contracts";
import mqtt, { type MqttClient } from "mqtt";
import type { z } from "zod";
import { ownsAll, type Share } from "../copies/copies.js";
import { ConflictError } from "../errors.js";
import { type Logger, silentLogger } from "../log.js";
import { brokerTrouble } from "../publish/broker-fixes.js";
import { Flow } from "../publish/flow.js";
import type { BrokerAccess } from "../publish/publisher.js";
import type { Database } from "../storage/database.js";
import type { ObjectStore } from "../storage/objects/object-store.js";
import { type CommandRecord, Commands } from "./commands.js";
import { Inbox } from "./inbox.js";
import { type TerminalId, Terminals } from "./terminals.js";

export interface FleetOptions {
  readonly db: Database;
  readonly objects: ObjectStore;
  /** Stores whose lanes are listened to. */
  readonly stores: () => Promise<readonly NodeName[]>;
  readonly brokerUrl: string;
  readonly access?: BrokerAccess | undefined;
  /** PEM of the authority that signed the broker's certificate, when the system does not know it. */
  readonly ca?: string | undefined;
  /** Left out: MQTT 5, or 3.1.1 where the broker says that it does not speak 5. */
  readonly mqttVersion?: MqttVersion | undefined;
  /** Stores what a lane sends up; the receipt goes to the lane once this resolves. */
  readonly takeBatch: (from: TerminalId, batch: UpBatch) => Promise<UpReceipt>;
  /** What other copies on the same database leave to this one. */
  readonly share?: Share;
  /** How often lanes are told again what they have not answered, ms. */
  readonly remindMs?: number;
  readonly now?: () => Date;
  readonly log?: Logger;
}

/** Messages of all lanes that may wait for the database: some seconds of work, some megabytes. */
const inboxLimit = 2_000;
/** A store that is new is heard after this long at the latest, ms. */
const storesFreshMs = 10_000;

type Said = { [K in LaneSpeaks]: { name: K; body: z.infer<(typeof fleetTopics)[K]["payload"]> } }[LaneSpeaks];

/** Headquarters' end of the fleet's topics: what lanes say of themselves, and what they are told to do. */
export class Fleet {
  readonly terminals: Terminals;
  readonly commands: Commands;
  readonly #o: FleetOptions;
  readonly #log: Logger;
  readonly #now: () => Date;
  readonly #inbox = new Inbox(inboxLimit);
  readonly #share: Share;
  readonly #line: BrokerLine;
  readonly #flow: Flow;
  #listening = false;
  #client: MqttClient | undefined;
  #reminder: NodeJS.Timeout | undefined;
  #stores: { readonly at: number; readonly names: Promise<readonly NodeName[]> } | undefined;
  #rejected = 0;

  constructor(options: FleetOptions) {
    this.#o = options;
    this.#log = options.log ?? silentLogger;
    this.#now = options.now ?? (() => new Date());
    this.#share = options.share ?? ownsAll;
    this.#line = new BrokerLine({ version: options.mqttVersion });
    this.#flow = new Flow(() => this.#line.receiveMaximum);
    this.terminals = new Terminals(options.db);
    this.commands = new Commands(options.db);
  }

  /** Returns at once; the broker is tried for ever in the background. */
  start(): void {
    if (this.#client) return;
    const { brokerUrl, access, ca, remindMs = 10_000 } = this.#o;
    const client = mqtt.connect(brokerUrl, {
      // Copies of headquarters must not throw each other out.
      clientId: `tillsight-hq-fleet-${randomUUID()}`,
      ...{ ...access, protocolVersion: this.#line.version },
      ...(ca === undefined ? {} : { ca }),
      ...{ reconnectPeriod: 1000, connectTimeout: 10_000, keepalive: 20, resubscribe: false },
      reconnectOnConnackError: true,
    });
    this.#client = client;
    keepLine(client, this.#line);
    client.on("connect", () => {
      this.#listening = false;
      void this.#listen();
    });
    client.on("error", (error) => this.#log.debug("broker error", { error: error.message }));
    client.on("message", (topic, payload) => this.#onMessage(topic, payload));
    this.#reminder = setInterval(() => void this.#remind(), remindMs).unref();
  }

  /** Takes nothing more, and waits for what is being stored. */
  async stop(): Promise<void> {
    const client = this.#client;
    if (!client) return;
    this.#client = undefined;
    clearInterval(this.#reminder);
    client.removeAllListeners("message");
    await this.#inbox.idle();
    const second = new Promise((resolve) => setTimeout(resolve, 1000).unref());
    await Promise.race([client.endAsync().catch(() => {}), second]);
    client.end(true);
  }

  /** Messages that did not fit, or of a store that is not known. */
  get rejected(): number {
    return this.#rejected;
  }

  get connected(): boolean {
    return this.#client?.connected ?? false;
  }

  health(): PartHealth {
    const { connected } = this;
    const facts = {
      ...{ connected, rejected: this.#rejected, waiting: this.#inbox.waiting },
      turnedAway: this.#inbox.turnedAway,
    };
    const { trouble } = this.#line;
    if (trouble) return { state: "degraded", ...brokerTrouble(trouble), facts };
    if (connected) return { state: "ok", detail: "listening to the lanes", facts };
    const fix = "Check the broker and --broker-url.";
    return { state: "degraded", detail: "no broker; lanes keep what they have to tell", fix, facts };
  }

  /** Keeps a command and sends it; a lane that is away gets it when it is back, until the deadline. */
  async command(
    to: TerminalId,
    command: FleetCommand,
    seconds: number,
    actor: string,
    id: string = randomUUID(),
  ) {
    const now = this.#now();
    await this.terminals.require(to, now);
    const deadline = new Date(now.getTime() + seconds * 1000);
    const record = await this.commands.add(to, { id, command, actor, deadline }, now);
    this.#sendCommand(record, now);
    return record;
  }

  /**
   * A new desired document for a terminal.
   * @throws ConflictError when it is not at `ifVersion` any more; NotFoundError
   */
  async desire(to: TerminalId, settings: RemoteSettings, ifVersion?: number): Promise<number> {
    await this.terminals.require(to, this.#now());
    const version = await this.terminals.desire(to, settings, ifVersion);
    if (version === undefined)
      throw new ConflictError(
        `the settings of ${to.store}/${to.terminal} were changed meanwhile`,
        "Read them again, and make your change there.",
      );
    this.#order(to, { kind: "settings", version, settings });
    return version;
  }

  /** Tried again with every reminder while the broker refuses it. */
  async #listen(): Promise<void> {
    const client = this.#client;
    if (this.#listening || !client?.connected) return;
    // NodeName knows no "+", which the topic's function is only asked to put in its place.
    const filters = laneSpeaks.map((name) => fleetTopics[name].topic("+", "+"));
    try {
      await client.subscribeAsync(filters, { qos: 1 });
      this.#listening = true;
      this.#line.granted("subscribe to", filters);
      this.#log.info("listening to the lanes", { broker: new URL(this.#o.brokerUrl).host });
    } catch (error) {
      this.#line.denied("subscribe to", filters, error);
    }
  }

  #onMessage(topic: string, payload: Buffer): void {
    try {
      const [, store, , terminal, name] = topic.split("/");
      const from = { store: NodeName.parse(store), terminal: NodeName.parse(terminal) };
      // Each lane is one copy's, so that its messages stay in order. An answer is seldom and may be had twice.
      if (name !== "answer" && !this.#share.owns(`${store}/${terminal}`)) return;
      const said = parse(name as LaneSpeaks, JSON.parse(payload.toString("utf8")));
      this.#inbox.add(`${store}/${terminal}`, () => this.#handle(from, said));
    } catch (error) {
      this.#rejected++;
      this.#log.warn("malformed message of a lane refused", { topic, error: String(error).slice(0, 200) });
    }
  }

  async #handle(from: TerminalId, said: Said): Promise<void> {
    try {
      if ((await this.#knownStores()).includes(from.store)) await this.#take(from, said);
      else this.#rejected++;
    } catch (error) {
      // Not answered: the lane says it again, or its next beat does.
      this.#log.warn("a lane's message was not stored", { ...from, what: said.name, error: String(error) });
    }
  }

  async #take(from: TerminalId, said: Said): Promise<void> {
    const now = this.#now();
    switch (said.name) {
      case "birth":
        await this.terminals.born(from, said.body, now);
        return this.#afterBirth(from, now);
      case "beat":
        if (!(await this.terminals.beat(from, said.body, now))) this.#order(from, { kind: "rebirth" });
        return;
      case "death":
        return this.terminals.died(from, said.body.session, now);
      case "answer":
        return this.#onAnswer(from, said.body, now);
      case "up":
        return this.#send("receipt", from, await this.#o.takeBatch(from, said.body));
    }
  }

  /** What the lane missed while it was away. */
  async #afterBirth(to: TerminalId, now: Date): Promise<void> {
    for (const command of await this.commands.waiting(to, now)) this.#sendCommand(command, now);
    const terminal = await this.terminals.find(to, now);
    if (!terminal) return;
    const { version, desired, reported } = terminal.settings;
    if (version > 0 && reported?.version !== version)
      this.#order(to, { kind: "settings", version, settings: desired });
  }

  /** Whoever should have told it, or heard the answer, may have ended just then. */
  async #remind(): Promise<void> {
    try {
      await this.#listen();
      const now = this.#now();
      const since = new Date(now.getTime() - (this.#o.remindMs ?? 10_000) / 2);
      for (const command of await this.commands.unanswered(since, now))
        if (this.#share.owns(`${command.store}/${command.terminal}`)) this.#sendCommand(command, now);
      for (const { store, terminal, version, settings } of await this.terminals.behind(now))
        if (this.#share.owns(`${store}/${terminal}`))
          this.#order({ store, terminal }, { kind: "settings", version, settings });
    } catch (error) {
      this.#log.warn("lanes could not be reminded", { error: String(error) });
    }
  }

  async #onAnswer(from: TerminalId, answer: OrderAnswer, now: Date): Promise<void> {
    if (answer.kind === "settings") return this.terminals.reported(from, answer);
    const command = await this.commands.find(answer.id, now);
    if (command?.command.do === "picture" && answer.jpeg !== undefined && isFor(command, from))
      await this.#keepPicture(from, answer.jpeg, now);
    await this.commands.answered(from, answer, now);
  }

  async #keepPicture(from: TerminalId, base64: string, now: Date): Promise<void> {
    const bytes = Buffer.from(base64, "base64");
    const before = await this.terminals.picture(from);
    const id = `tray/${from.store}/${from.terminal}/${createHash("sha256").update(bytes).digest("hex")}.jpeg`;
    await this.#o.objects.put(id, { bytes, type: "image/jpeg" });
    await this.terminals.keepPicture(from, id, now);
    if (before && before.object !== id) await this.#o.objects.delete(before.object);
  }

  #sendCommand(record: CommandRecord, now: Date): void {
    const leftMs = record.deadline.getTime() - now.getTime();
    const { id, command } = record;
    if (leftMs > 0) this.#order(record, { kind: "command", id, leftMs, command });
  }

  #order = (to: TerminalId, order: Order): void => this.#send("order", to, order);

  /** What gets lost is made good by the lane's next birth, or its repetition. */
  #send(name: LaneHears, { store, terminal }: TerminalId, body: object): void {
    if (!this.#client?.connected) return;
    const topic = fleetTopics[name].topic(store, terminal);
    const text = JSON.stringify(body);
    void this.#flow.run(async () => {
      if (!this.#client?.connected) return;
      await this.#client.publishAsync(topic, text, { qos: 1 }).then(
        () => this.#line.granted("publish on", [topic]),
        (error: unknown) => this.#line.denied("publish on", [topic], error),
      );
    });
  }

  #knownStores(): Promise<readonly NodeName[]> {
    const at = performance.now();
    if (!this.#stores || at - this.#stores.at > storesFreshMs) this.#stores = { at, names: this.#o.stores() };
    return this.#stores.names;
  }
}

const isFor = (command: CommandRecord, from: TerminalId): boolean =>
  command.store === from.store && command.terminal === from.terminal;

const parse = (name: LaneSpeaks, body: unknown): Said =>
  ({ name, body: fleetTopics[name].payload.parse(body) }) as Said;
