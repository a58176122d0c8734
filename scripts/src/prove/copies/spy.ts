import { createHash } from "node:crypto";
import { type NodeName, topics } from "@tillsight/contracts";
import { parsePublicKey, readMessage, Trust } from "@tillsight/sync-protocol";
import mqtt from "mqtt";

interface Heard {
  readonly fromLsn: number;
  readonly contents: Set<string>;
  times: number;
}

/** Hears every delta of a store and remembers what was said about which LSN. */
export class DeltaSpy {
  readonly #heard = new Map<string, Heard>();
  readonly #waiting = new Set<() => void>();
  #close: () => Promise<unknown> = async () => {};

  static async open(brokerUrl: string, store: NodeName, publicKey: string): Promise<DeltaSpy> {
    const spy = new DeltaSpy();
    const trust = new Trust([parsePublicKey(publicKey)]);
    const client = await mqtt.connectAsync(brokerUrl);
    spy.#close = () => client.endAsync(true);
    client.on("message", (_, payload) => {
      const message = readMessage(payload, store, trust);
      if (message.kind === "delta") spy.#note(message.delta, payload);
    });
    await client.subscribeAsync(topics.catalogDelta.topic(store), { qos: 1 });
    return spy;
  }

  /** Resolves with the next delta, or after `mostMs`. */
  async next(mostMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, mostMs);
      this.#waiting.add(done);
    });
  }

  get deltas(): number {
    return this.#heard.size;
  }

  /** Deltas that came again with the same bytes, and LSNs that were told with different ones. */
  get again(): number {
    return [...this.#heard.values()].reduce((sum, { times }) => sum + times - 1, 0);
  }

  get different(): number {
    return [...this.#heard.values()].filter(({ contents }) => contents.size > 1).length;
  }

  /** Epochs that were heard: more than one means that a copy began a history anew. */
  get histories(): number {
    return new Set([...this.#heard.keys()].map((key) => key.split("/")[0])).size;
  }

  /** Deltas that do not begin where another one ends, the first apart: something was never told. */
  get holes(): number {
    const ends = new Set([...this.#heard.keys()]);
    const orphans = [...this.#heard].filter(([key, { fromLsn }]) => {
      const [epoch] = key.split("/");
      return !ends.has(`${epoch}/${fromLsn}`);
    });
    return Math.max(0, orphans.length - 1);
  }

  close(): Promise<unknown> {
    return this.#close();
  }

  #note({ epoch, fromLsn, toLsn }: { epoch: number; fromLsn: number; toLsn: number }, payload: Buffer): void {
    const key = `${epoch}/${toLsn}`;
    const heard = this.#heard.get(key) ?? { fromLsn, contents: new Set(), times: 0 };
    heard.contents.add(createHash("sha256").update(payload).digest("hex"));
    heard.times++;
    this.#heard.set(key, heard);
    for (const done of [...this.#waiting]) done();
  }
}
