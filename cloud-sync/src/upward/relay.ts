import type { NodeName, UpStream } from "@tillsight/contracts";
import { ownsAll, type Share } from "../copies/copies.js";
import type { Logger } from "../log.js";
import type { Database } from "../storage/database.js";

/** A record on its way to the chain's own systems. */
export interface RelayMessage {
  /** The record's id: whoever receives it twice knows it by this. */
  readonly id: string;
  readonly store: NodeName;
  readonly terminal: NodeName;
  readonly stream: UpStream;
  /** JSON, as `contracts` has it; a crop's picture is named, not carried. */
  readonly body: string;
}

/** A stream of somebody else's: NATS, or anything that speaks Kafka. */
export interface RelayTarget {
  /** Resolves when all of them are durable there, in their order. @throws RelayError; some may be there then */
  publish(messages: readonly RelayMessage[]): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}

export interface RelayOptions {
  readonly db: Database;
  readonly target: RelayTarget;
  readonly log: Logger;
  /** What other copies on the same database leave to this one. */
  readonly share?: Share;
  /** How often to look for what came, ms. */
  readonly everyMs?: number;
}

const batch = 200;

/**
 * Passes on what lanes sent up, in the order of its arrival and at least once: a record leaves the database when the
 * other side has it. Of several copies one does it; after a kill another may send a record again, its id says so.
 */
export class Relay {
  readonly #o: RelayOptions;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> | undefined;
  #complaint = "";
  #stopped = false;

  constructor(options: RelayOptions) {
    this.#o = options;
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.flush(), this.#o.everyMs ?? 1_000).unref();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#work;
    await this.#o.target.close();
  }

  /** What is wrong with the other side; empty when all is well. */
  get complaint(): string {
    return this.#complaint;
  }

  /** Sends all there is; trouble is logged once, and the next call tries again. */
  flush(): Promise<void> {
    this.#work ??= this.#flush()
      .then(() => {
        this.#complaint = "";
      })
      .catch((error: unknown) => {
        const text = String(error);
        if (text !== this.#complaint) this.#o.log.warn("records could not be relayed", { error: text });
        this.#complaint = text;
      })
      .finally(() => {
        this.#work = undefined;
      });
    return this.#work;
  }

  async #flush(): Promise<void> {
    const { db, target } = this.#o;
    while (!this.#stopped && (this.#o.share ?? ownsAll).owns("relay")) {
      const { rows } = await db.query<Omit<RelayMessage, "body"> & { key: number; body: unknown }>(
        `select key, id, store, terminal, stream, body from relay_outbox order by key limit ${batch}`,
      );
      if (rows.length === 0) return;
      await target.publish(rows.map(({ key: _, body, ...row }) => ({ ...row, body: JSON.stringify(body) })));
      await db.query("delete from relay_outbox where key = any($1::bigint[])", [rows.map(({ key }) => key)]);
    }
  }
}
