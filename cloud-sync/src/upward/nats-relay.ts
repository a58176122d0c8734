// NATS' own client (Apache-2.0): JetStream confirms what is durable and drops what comes twice. Version 2, because the
// parts of version 3 ask for a newer Node than ours.
import { connect, type NatsConnection, nanos, RetentionPolicy } from "nats";
import { RelayError } from "../fleet/errors.js";
import type { RelayMessage, RelayTarget } from "./relay.js";

/** JetStream stream that is made when there is none that takes our subjects. */
const streamName = "TILLSIGHT";
/** For so long JetStream knows an id again, minutes. */
const duplicateMinutes = 10;

/** Subjects `tillsight.STORE.TERMINAL.STREAM`, with the record's id as `Nats-Msg-Id`. */
export class NatsRelay implements RelayTarget {
  readonly #url: string;
  #connection: Promise<NatsConnection> | undefined;

  /** @param url `nats://[user:password@]host:port`; connected at the first use, and again after a failure */
  constructor(url: string) {
    this.#url = url;
  }

  async publish(messages: readonly RelayMessage[]): Promise<void> {
    try {
      const stream = (await this.#connect()).jetstream();
      // One connection keeps their order; the last confirmation is waited for like the first.
      await Promise.all(
        messages.map(({ id, store, terminal, stream: name, body }) =>
          stream.publish(`tillsight.${store}.${terminal}.${name}`, body, { msgID: id, timeout: 10_000 }),
        ),
      );
    } catch (cause) {
      // The next try makes a connection of its own, rather than wait for what this one had in hand.
      await this.close();
      throw new RelayError(
        `NATS does not take records: ${cause instanceof Error ? cause.message : String(cause)}`,
        "Check that the server runs with JetStream, --relay, and the rights of its user.",
        { cause },
      );
    }
  }

  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    this.#connection = undefined;
    await connection?.close();
  }

  #connect(): Promise<NatsConnection> {
    this.#connection ??= this.#open().catch((error: unknown) => {
      this.#connection = undefined;
      throw error;
    });
    return this.#connection;
  }

  async #open(): Promise<NatsConnection> {
    const { host, username, password } = new URL(this.#url);
    const user =
      username === "" ? {} : { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
    const connection = await connect({ servers: host, ...user, reconnect: false, timeout: 5_000 });
    try {
      const manager = await connection.jetstreamManager();
      const found = await manager.streams.find("tillsight.a.b.sale").catch(() => undefined);
      if (found === undefined)
        await manager.streams.add({
          ...{ name: streamName, subjects: ["tillsight.>"], retention: RetentionPolicy.Limits },
          duplicate_window: nanos(duplicateMinutes * 60_000),
        });
      return connection;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }
}
