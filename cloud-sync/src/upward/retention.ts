import { setTimeout } from "node:timers/promises";
import { describeError } from "@tillsight/contracts";
import { ownsAll, type Share } from "../copies/copies.js";
import type { Logger } from "../log.js";
import type { Database } from "../storage/database.js";
import type { ObjectStore } from "../storage/objects/object-store.js";

/** How long headquarters keeps what lanes sent up, in days after its arrival; 0: for ever. Sales always stay. */
export interface KeepDays {
  readonly telemetry: number;
  readonly events: number;
  /** What somebody is to look at: pictures of what lanes could not name, records that did not fit. */
  readonly review: number;
}

export const defaultKeepDays: KeepDays = { telemetry: 90, events: 400, review: 180 };

export interface RetentionOptions {
  readonly db: Database;
  /** Where review pictures are. */
  readonly objects: Pick<ObjectStore, "delete">;
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

interface Kind {
  readonly keep: keyof KeepDays;
  readonly table: "telemetry" | "lane_event" | "review_crop" | "up_refused";
  readonly only?: string;
}
// Never `sale`, nor a sale that was refused: takings are kept for as long as the chain's law says, which headquarters
// cannot know.
const kinds: readonly Kind[] = [
  { keep: "telemetry", table: "telemetry" },
  { keep: "events", table: "lane_event" },
  { keep: "review", table: "review_crop" },
  { keep: "review", table: "up_refused", only: "and stream <> 'sale'" },
];

/**
 * Removes what is too old, by when it arrived: a lane's own clock may be wrong. Of several copies one does it; two at
 * once remove the same rows once.
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
    for (const kind of kinds) {
      const days = keep[kind.keep];
      if (days === 0) continue;
      const removed = await this.#removeOld(kind, days);
      if (removed > 0) log.info("old records removed", { kind: kind.keep, of: kind.table, removed, days });
    }
  }

  async #removeOld(kind: Kind, days: number): Promise<number> {
    const { now, share = ownsAll, batch = 1_000, pauseMs = 200 } = this.#o;
    const before = new Date(now().getTime() - days * dayMs).toISOString();
    let removed = 0;
    while (!this.#stop.signal.aborted && share.owns("retention")) {
      if (kind.table === "review_crop") await this.#removePictures(before, batch);
      const affected = await this.#removeRows(kind, before, batch);
      removed += affected;
      if (affected < batch) break;
      await setTimeout(pauseMs, undefined, { signal: this.#stop.signal });
    }
    return removed;
  }

  async #removeRows({ table, only = "" }: Kind, before: string, batch: number): Promise<number> {
    const { affected } = await this.#o.db.query(
      `delete from ${table} where id = any(array(
         select id from ${table} where received_at < $1 ${only} order by received_at, id limit ${batch}))`,
      [before],
    );
    return affected;
  }

  /** Of the rows that go next, and before them: what is broken off leaves rows that the next time finds. */
  async #removePictures(before: string, batch: number): Promise<void> {
    const { rows } = await this.#o.db.query<{ picture: string }>(
      `with old as (select id, picture from review_crop where received_at < $1
         order by received_at, id limit ${batch})
       select distinct picture from old where not exists (
         select 1 from review_crop other where other.picture = old.picture and other.received_at >= $1)`,
      [before],
    );
    for (const { picture } of rows) {
      this.#stop.signal.throwIfAborted();
      await this.#o.objects.delete(picture);
    }
  }
}
