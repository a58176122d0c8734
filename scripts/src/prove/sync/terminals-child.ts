import { type CatalogDelta, topics } from "@tillsight/contracts";
import {
  decodeRow,
  hex,
  type PublicKey,
  parsePublicKey,
  readMessage,
  StateHash,
  sameBytes,
  Trust,
} from "@tillsight/sync-protocol";
import mqtt, { type MqttClient } from "mqtt";
import { serve, tell } from "./child.js";
import { store } from "./headquarters.js";

export interface TerminalsStart {
  readonly brokerUrl: string;
  readonly publicKey: string;
  readonly count: number;
  /** Subscribers that only receive, on a topic of their own. */
  readonly bare: number;
  readonly bareTopic: string;
  readonly embedderId: string;
}

/** What one round brought: when each client was done, ms since 1970 with fractions. */
export interface Arrivals {
  readonly at: readonly number[];
}

const now = (): number => performance.timeOrigin + performance.now();

/**
 * A terminal that does all that a lane does with a delta (frame, signature, schema, every row, state before and
 * after) but keeps its rows in memory: a thousand SQLite files on one disk would measure that disk.
 */
class Terminal {
  #lsn = 0;
  readonly #hash = new StateHash();
  readonly #digests = new Map<string, Uint8Array>();
  readonly #trust: Trust;

  constructor(key: PublicKey) {
    this.#trust = new Trust([key]);
  }

  /** LSN after it; -1 when it was not applied. */
  receive(payload: Buffer): number {
    const message = readMessage(payload, store, this.#trust);
    return message.kind === "delta" && this.#apply(message.delta) ? this.#lsn : -1;
  }

  #apply(delta: CatalogDelta): boolean {
    if (delta.fromLsn !== this.#lsn || !sameBytes(delta.preHash, this.#hash.bytes())) return false;
    for (const bytes of delta.rows) {
      const encoded = typeof bytes === "string" ? null : decodeRow(bytes, delta.embedderId).encoded;
      const key = encoded?.key ?? String(bytes);
      const old = this.#digests.get(key);
      if (old) this.#hash.remove(old);
      this.#digests.delete(key);
      if (!encoded) continue;
      this.#hash.add(encoded.digest);
      this.#digests.set(key, encoded.digest);
    }
    this.#lsn = delta.toLsn;
    return sameBytes(delta.postHash, this.#hash.bytes());
  }

  get state(): string {
    return `${this.#lsn} ${hex(this.#hash.bytes())}`;
  }
}

let terminals: readonly Terminal[] = [];
let arrivals: number[] = [];
let awaited = 0;

/** When all are there, the round is told. */
function arrived(): void {
  arrivals.push(now());
  if (arrivals.length === awaited) tell({ at: arrivals } satisfies Arrivals);
}

async function start(options: TerminalsStart): Promise<void> {
  const key = parsePublicKey(options.publicKey);
  terminals = Array.from({ length: options.count }, () => new Terminal(key));
  const topic = [topics.catalogDelta.topic(store), topics.catalogHead.topic(store)];
  const open = async (
    id: string,
    filter: string | string[],
    onPayload: (payload: Buffer) => void,
  ): Promise<MqttClient> => {
    const client = await mqtt.connectAsync(options.brokerUrl, { clientId: id, keepalive: 300 });
    client.on("message", (_, payload) => onPayload(payload));
    await client.subscribeAsync(filter, { qos: 1 });
    return client;
  };
  // Fifty at a time: a broker's queue of connections is not what is measured.
  const clients = [
    ...terminals.map(
      (terminal, i) => () =>
        open(`terminal-${i}`, topic, (payload) => {
          if (terminal.receive(payload) >= 0) arrived();
        }),
    ),
    ...Array.from({ length: options.bare }, (_, i) => () => open(`bare-${i}`, options.bareTopic, arrived)),
  ];
  for (let at = 0; at < clients.length; at += 50)
    await Promise.all(clients.slice(at, at + 50).map((connect) => connect()));
}

serve({
  start,
  expect({ count }: { count: number }) {
    arrivals = [];
    awaited = count;
  },
  /** How many different states the terminals are in. */
  states: () => [...new Set(terminals.map(({ state }) => state))],
});
