import { setTimeout } from "node:timers/promises";
import { describeError } from "@tillsight/contracts";
import { ownsAll, type Share } from "../copies/copies.js";
import type { Logger } from "../log.js";
import type { Database } from "../storage/database.js";

/** How long headquarters keeps what lanes sent up, in days after its arrival; 0: for ever. Sales always stay. */
export interface KeepDays {
  readonly telemetry: number;
  readonly events: number;
}

export const defaultKeepDays: KeepDays = { telemetry: 90, events: 400 };

export interface RetentionOptions {
  readonly db: Database;
  readonly keep: KeepDays;
  readonly now: () => Date;
  readonly log: Logger;
  /** What other copies on the same database leave to this one. */
  readonly share?: Share;
  /** How often to look for what is too old, ms. */
  readonly everyMs?: number;
  /** Rows removed in one statement: each holds its locks for a moment only. */
  readonly batch?: number;
  /** Between two statements, ms, so that those who work are not held up. */
  readonly pauseMs?: number;
}

const dayMs = 24 * 3_600_000;
// Never `sale`: takings are kept for as long as the chain's law says, which headquarters cannot know.
const tables = { telemetry: "telemetry", events: "lane_event" } as const;

/**
 * Removes telemetry and events that are too old, by when they arrived: a lane's own clock may be wrong. Of several
 * copies one does it; two at once remove the same rows once.
 */
export class Retention {
  readonly #o: RetentionOptions;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> | undefined;

  constructor(options: RetentionOptions) {
    this.#o = options;
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.sweep(), this.#o.everyMs ?? 600_000).unref();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#work;
  }

  /** Removes all that is too old; trouble is logged, and the next time goes on. */
  sweep(): Promise<void> {
    this.#work ??= this.#sweep()
      .catch((error: unknown) => {
        if (!this.#stop.signal.aborted)
          this.#o.log.warn("old records could not be removed", { error: describeError(error) });
      })
      .finally(() => {
        this.#work = undefined;
      });
    return this.#work;
  }

  async #sweep(): Promise<void> {
    const { keep, log } = this.#o;
    for (const kind of ["telemetry", "events"] as const) {
      if (keep[kind] === 0) continue;
      const removed = await this.#removeOld(tables[kind], keep[kind]);
      if (removed > 0) log.info("old records removed", { kind, removed, days: keep[kind] });
    }
  }

  async #removeOld(table: (typeof tables)[keyof typeof tables], days: number): Promise<number> {
    const { db, now, share = ownsAll, batch = 1_000, pauseMs = 200 } = this.#o;
    const before = new Date(now().getTime() - days * dayMs).toISOString();
    let removed = 0;
    while (!this.#stop.signal.aborted && share.owns("retention")) {
      const { affected } = await db.query(
        `delete from ${table} where id = any(array(
           select id from ${table} where received_at < $1 order by received_at limit ${batch}))`,
        [before],
      );
      removed += affected;
      if (affected < batch) break;
      await setTimeout(pauseMs, undefined, { signal: this.#stop.signal });
    }
    return removed;
  }
}
