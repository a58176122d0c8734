import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { Logger } from "../log.js";

const firstRetryMs = 250;
const longestRetryMs = 10_000;

/** One connection of its own that listens, because one that is lent out and given back would miss what comes between. */
export class PostgresListener {
  readonly #connect: () => pg.Client;
  readonly #log: Logger;
  readonly #channels = new Map<string, Set<(payload: string) => void>>();
  readonly #stop = new AbortController();
  #client: pg.Client | undefined;
  #starting: Promise<void> | undefined;

  constructor(connect: () => pg.Client, log: Logger) {
    this.#connect = connect;
    this.#log = log;
  }

  /** @throws what the server says, when the first connection fails; later ones are tried for ever. */
  async listen(channel: string, listener: (payload: string) => void): Promise<() => Promise<void>> {
    const listeners = this.#channels.get(channel) ?? new Set();
    this.#channels.set(channel, listeners.add(listener));
    this.#starting ??= this.#open();
    await this.#starting;
    if (listeners.size === 1) await this.#client?.query(`listen "${channel}"`);
    return async () => {
      listeners.delete(listener);
      if (listeners.size > 0 || !this.#channels.delete(channel)) return;
      await this.#client?.query(`unlisten "${channel}"`).catch(() => {});
    };
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#channels.clear();
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => {});
  }

  async #open(): Promise<void> {
    const client = this.#connect();
    // "end" follows and starts again; without a listener the error would end the process.
    client.on("error", () => {});
    client.on("notification", ({ channel, payload }) => this.#tell(channel, payload ?? ""));
    await client.connect();
    for (const channel of this.#channels.keys()) await client.query(`listen "${channel}"`);
    client.once("end", () => void this.#reopen());
    this.#client = client;
  }

  async #reopen(): Promise<void> {
    for (let wait = firstRetryMs; !this.#stop.signal.aborted; wait = Math.min(wait * 2, longestRetryMs))
      try {
        await sleep(wait, undefined, { signal: this.#stop.signal });
        await this.#open();
        this.#log.info("listening to the database again");
        for (const channel of this.#channels.keys()) this.#tell(channel, "");
        return;
      } catch {
        // The next round tries again, or the loop ends because we were stopped.
      }
  }

  #tell(channel: string, payload: string): void {
    for (const listener of this.#channels.get(channel) ?? []) listener(payload);
  }
}
