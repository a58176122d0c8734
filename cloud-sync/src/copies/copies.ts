import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { describeError } from "@tillsight/contracts";
import type { Logger } from "../log.js";
import type { Database } from "../storage/database.js";
import { ownerOf } from "./share.js";

/** Divides work among copies of headquarters. */
export interface Share {
  /** Whether `what` (a lane, a store, a chore) is this copy's. Two may believe so for a moment, or none. */
  owns(what: string): boolean;
  /** Copies that live, this one included. */
  readonly count: number;
  /** Called when it may own other things than before. @returns what ends it */
  onChange(listener: () => void): () => void;
}

/** Of a headquarters that is alone. */
export const ownsAll: Share = { owns: () => true, count: 1, onChange: () => () => {} };

export interface CopiesOptions {
  readonly db: Database;
  readonly log: Logger;
  /** A sign of life this often, ms. */
  readonly beatMs?: number;
  /** Whether this copy can do its share; one that is cut off from the broker leaves it to others. */
  readonly fit?: () => boolean;
}

/** Beats that may be late before the others do a copy's work. */
const missedBeats = 3;
const channel = "copies";

/**
 * The copies of headquarters that live, as the database knows them. Whatever they divide by this must stand being
 * done twice or late: a copy that is killed is missed after three beats.
 */
export class Copies implements Share {
  readonly id = randomUUID();
  readonly #db: Database;
  readonly #log: Logger;
  readonly #beatMs: number;
  readonly #fit: () => boolean;
  readonly #listeners = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();
  #unlisten: () => Promise<void> = async () => {};
  #live: readonly string[] = [this.id];

  constructor({ db, log, beatMs = 2_000, fit = () => true }: CopiesOptions) {
    this.#db = db;
    this.#log = log;
    this.#beatMs = beatMs;
    this.#fit = fit;
  }

  /** With the embedded database there can be no other. */
  async start(): Promise<void> {
    if (this.#timer || this.#db.engine === "pglite") return;
    this.#unlisten = await this.#db.listen(channel, () => this.#look());
    await this.#beat();
    await this.#db.query("select pg_notify($1, $2)", [channel, this.id]);
    this.#timer = setInterval(() => this.#look(), this.#beatMs).unref();
  }

  /** Says goodbye, so that nobody has to miss it first. */
  async stop(): Promise<void> {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#unlisten();
    await this.#work;
    await this.#db.query("delete from copy where id = $1", [this.id]);
    await this.#db.query("select pg_notify($1, $2)", [channel, this.id]);
  }

  owns(what: string): boolean {
    return this.#live.length === 1 ? this.#live[0] === this.id : ownerOf(this.#live, what) === this.id;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get count(): number {
    return this.#live.length;
  }

  #look(): void {
    this.#work = this.#work
      .then(() => this.#beat())
      .catch((error: unknown) =>
        this.#log.warn("this copy cannot be told of", { error: describeError(error) }),
      );
  }

  async #beat(): Promise<void> {
    const seconds = (this.#beatMs * missedBeats) / 1000;
    const { rows } = await this.#db.query<{ id: string }>(
      "select id from copy where id <> $1 and seen_at > now() - make_interval(secs => $2)",
      [this.id, seconds],
    );
    const others = rows.map(({ id }) => id);
    // Cut off and not alone: better that the others do it all.
    const takesPart = this.#fit() || others.length === 0;
    if (takesPart)
      await this.#db.query(
        "insert into copy (id, host) values ($1, $2) on conflict (id) do update set seen_at = now()",
        [this.id, hostname()],
      );
    await this.#db.query(
      "delete from copy where seen_at < now() - make_interval(secs => $1) or (id = $2 and not $3)",
      [Math.max(60, 10 * seconds), this.id, takesPart],
    );
    this.#know([...others, ...(takesPart ? [this.id] : [])].sort());
  }

  #know(live: readonly string[]): void {
    if (live.join() === this.#live.join()) return;
    this.#live = live;
    this.#log.info("copies of headquarters", { live: live.length });
    for (const listener of this.#listeners) listener();
  }
}
