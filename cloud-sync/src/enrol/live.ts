import { describeError } from "@tillsight/contracts";
import type { Logger } from "../log.js";
import type { Database } from "../storage/database.js";
import type { Counts, Job } from "./queue/job.js";
import { countJobs, readBatches, readJobs, readJobsById } from "./queue/jobs.js";

/** What a page is told: everything of now, then what changes. `counts` are of the batch, or of all jobs. */
export type LiveMessage =
  | { readonly type: "snapshot"; readonly counts: Counts; readonly jobs: readonly Job[] }
  | { readonly type: "jobs"; readonly counts: Counts; readonly jobs: readonly Job[] };

export interface Listener {
  /** Only jobs of this one. */
  readonly batch?: string | undefined;
  /** @returns false when it cannot take more now: it gets a snapshot once it can */
  tell(message: LiveMessage): boolean;
}

/** Changes are told together after this time, ms: quicker than anyone looks, slower than jobs may come. */
const gatherMs = 100;
const snapshotJobs = 500;
const unfinished = ["queued", "running", "held", "dead"] as const;

/** Tells listeners of jobs as they change, whichever copy of headquarters works on them. */
export class LiveJobs {
  readonly #db: Database;
  readonly #log: Logger;
  readonly #listeners = new Map<Listener, { fresh: boolean }>();
  readonly #changed = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(db: Database, log: Logger) {
    this.#db = db;
    this.#log = log;
  }

  /** @returns what ends it */
  add(listener: Listener): () => void {
    this.#listeners.set(listener, { fresh: false });
    this.#schedule();
    return () => this.#listeners.delete(listener);
  }

  /** @param payload of the queue's channel; empty when some were missed */
  changed(payload: string): void {
    if (this.#listeners.size === 0) return;
    if (payload === "" || payload.startsWith("batch:"))
      for (const state of this.#listeners.values()) state.fresh = false;
    else this.#changed.add(payload);
    this.#schedule();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#flush().catch((error: unknown) =>
        this.#log.warn("progress cannot be told", { error: describeError(error) }),
      );
    }, gatherMs);
  }

  async #flush(): Promise<void> {
    const ids = [...this.#changed];
    this.#changed.clear();
    const jobs = ids.length > 0 ? await readJobsById(this.#db, ids) : [];
    for (const [listener, state] of this.#listeners) {
      const { batch } = listener;
      const own = batch === undefined ? jobs : jobs.filter((job) => job.batch === batch);
      if (state.fresh && own.length === 0) continue;
      const counts = await this.#counts(batch);
      const type = state.fresh ? "jobs" : "snapshot";
      state.fresh = listener.tell({ type, counts, jobs: state.fresh ? own : await this.#now(batch) });
      // What it could not take it is told of later, as a whole.
      if (!state.fresh) this.#schedule();
    }
  }

  async #counts(batch: string | undefined): Promise<Counts> {
    const [report] = batch === undefined ? [] : await readBatches(this.#db, { ids: [batch], limit: 1 });
    return report?.counts ?? countJobs(this.#db);
  }

  #now(batch: string | undefined): Promise<Job[]> {
    const states = batch === undefined ? unfinished : undefined;
    return readJobs(this.#db, { batch, states, limit: snapshotJobs });
  }
}
