import type { Database, Sql } from "../../storage/database.js";
import type { Verdict } from "../quality/verdict.js";
import { type BackOff, delayAfter, usualBackOff } from "./back-off.js";
import { type Batch, type Failure, type Job, type JobRow, jobColumns, type NewJob, toJob } from "./job.js";

/** Told of each commit that changed a job: its id, or `batch:ID` when a batch got jobs. */
export const jobChannel = "enrol_job";

export interface QueueOptions {
  /** Time that a worker may be silent before its job is somebody else's, ms. */
  readonly leaseMs?: number;
  /** Tries before a job is dead. */
  readonly maxAttempts?: number;
  readonly backOff?: BackOff;
  /** 0..1 */
  readonly random?: () => number;
}

/** A job that is this worker's until the lease runs out; `attempt` tells it from a later lease of the same job. */
export interface Claim {
  readonly job: Job;
  readonly worker: string;
  readonly attempt: number;
}

export type Outcome =
  | { readonly state: "enrolled"; readonly verdict: Verdict; readonly lsn: number }
  | {
      readonly state: "held" | "refused";
      readonly verdict: Verdict | null;
      readonly failure: Failure | null;
    };

const poisoned: Failure = {
  code: "WORKER_LOST",
  message: "every worker that took this picture ended before it was done",
  fix: "Look at the log for what ended them; reject the picture, or retry it.",
};

/**
 * Jobs in the database, so that a commit is what makes them safe and any number of workers and copies share them.
 * All times are the database's.
 */
export class JobQueue {
  readonly #db: Database;
  readonly #leaseMs: number;
  readonly #maxAttempts: number;
  readonly #backOff: BackOff;
  readonly #random: () => number;

  constructor(db: Database, options: QueueOptions = {}) {
    this.#db = db;
    this.#leaseMs = options.leaseMs ?? 30_000;
    this.#maxAttempts = options.maxAttempts ?? 5;
    this.#backOff = options.backOff ?? usualBackOff;
    this.#random = options.random ?? Math.random;
  }

  get leaseMs(): number {
    return this.#leaseMs;
  }

  /** All or none; jobs that are there already stay as they are, so that an upload can be sent again. */
  async add(batch: Batch, jobs: readonly NewJob[]): Promise<Job[]> {
    return this.#db.transaction(async (tx) => {
      await tx.query(
        "insert into enrol_batch (id, label, actor) values ($1, $2, $3) on conflict (id) do nothing",
        [batch.id, batch.label, batch.actor],
      );
      await tx.query(
        `insert into enrol_job (id, batch, sku, source, photo, url, state)
         select id, $2, sku, source, photo, url, 'queued'
         from jsonb_to_recordset($1::jsonb) as j (id uuid, sku text, source text, photo text, url text)
         on conflict (id) do nothing`,
        [JSON.stringify(jobs), batch.id],
      );
      await tx.query("select pg_notify($1, $2)", [jobChannel, `batch:${batch.id}`]);
      const { rows } = await tx.query<JobRow>(
        `select ${jobColumns} from enrol_job where id = any($1::uuid[]) order by n`,
        [jobs.map(({ id }) => id)],
      );
      return rows.map(toJob);
    });
  }

  /** The job that is due longest, leased to `worker`; undefined when none is. */
  async claim(worker: string): Promise<Claim | undefined> {
    await this.#reap();
    return this.#db.transaction(async (tx) => {
      const { rows } = await tx.query<JobRow>(
        `update enrol_job set state = 'running', worker = $1, attempts = attempts + 1, changed_at = now(),
           lease_until = now() + make_interval(secs => $2)
         where id = (select id from enrol_job where state = 'queued' and due_at <= now()
                     order by due_at, n for update skip locked limit 1)
         returning ${jobColumns}`,
        [worker, this.#leaseMs / 1000],
      );
      const job = rows[0] && toJob(rows[0]);
      if (job) await tell(tx, job.id);
      return job && { job, worker, attempt: job.attempts };
    });
  }

  /** Heartbeat. @returns false when the job is no longer this worker's: nothing of it may be written then. */
  async renew({ job, worker, attempt }: Claim): Promise<boolean> {
    const { affected } = await this.#db.query(
      `update enrol_job set lease_until = now() + make_interval(secs => $4)
       where id = $1 and worker = $2 and attempts = $3 and state = 'running'`,
      [job.id, worker, attempt, this.#leaseMs / 1000],
    );
    return affected === 1;
  }

  /** Notes where a fetched picture is stored. @returns false as `renew` */
  async keepPhoto({ job, worker, attempt }: Claim, photo: string): Promise<boolean> {
    const { affected } = await this.#db.query(
      `update enrol_job set photo = $4
       where id = $1 and worker = $2 and attempts = $3 and state = 'running'`,
      [job.id, worker, attempt, photo],
    );
    return affected === 1;
  }

  /** Ends a job within the caller's transaction. @returns false as `renew`: then the caller must roll back. */
  async settle(tx: Sql, { job, worker, attempt }: Claim, outcome: Outcome): Promise<boolean> {
    const { affected } = await tx.query(
      `update enrol_job set state = $4, verdict = $5::jsonb, failure = $6::jsonb, lsn = $7, changed_at = now(),
         worker = null, lease_until = null
       where id = $1 and worker = $2 and attempts = $3 and state = 'running'`,
      [
        ...[job.id, worker, attempt, outcome.state],
        outcome.verdict === null ? null : JSON.stringify(outcome.verdict),
        "failure" in outcome && outcome.failure ? JSON.stringify(outcome.failure) : null,
        "lsn" in outcome ? outcome.lsn : null,
      ],
    );
    if (affected === 1) await tell(tx, job.id);
    return affected === 1;
  }

  /** The try failed: another one later, or the dead-letter list. @returns the state it is in now, as far as known */
  async fail({ job, worker, attempt }: Claim, failure: Failure): Promise<"queued" | "dead" | "lost"> {
    const state = attempt >= this.#maxAttempts ? "dead" : "queued";
    return this.#db.transaction(async (tx) => {
      const { affected } = await tx.query(
        `update enrol_job set state = $4, failure = $5::jsonb, changed_at = now(), worker = null, lease_until = null,
           due_at = now() + make_interval(secs => $6)
         where id = $1 and worker = $2 and attempts = $3 and state = 'running'`,
        [
          ...[job.id, worker, attempt, state, JSON.stringify(failure)],
          delayAfter(attempt, this.#random(), this.#backOff) / 1000,
        ],
      );
      if (affected === 0) return "lost";
      await tell(tx, job.id);
      return state;
    });
  }

  /** Gives a job back untried: the worker stops in good order. */
  async release({ job, worker, attempt }: Claim): Promise<void> {
    await this.#db.query(
      `update enrol_job set state = 'queued', attempts = attempts - 1, worker = null, lease_until = null,
         due_at = now(), changed_at = now()
       where id = $1 and worker = $2 and attempts = $3 and state = 'running'`,
      [job.id, worker, attempt],
    );
    await tell(this.#db, job.id);
  }

  /** For the embedded database, where no other process can have a lease: what a killed one had is due at once. */
  async releaseAll(): Promise<void> {
    await this.#db.query("update enrol_job set lease_until = now() where state = 'running'");
    await this.#reap();
  }

  /** Milliseconds until the next job is due or a lease runs out; undefined when there is none. */
  async idleMs(): Promise<number | undefined> {
    const { rows } = await this.#db.query<{ ms: number | null }>(
      `select (extract(epoch from min(at) - now()) * 1000)::float8 as ms from (
         select min(due_at) as at from enrol_job where state = 'queued'
         union all select min(lease_until) from enrol_job where state = 'running') as next`,
    );
    const ms = rows[0]?.ms;
    return ms == null ? undefined : Math.max(0, ms);
  }

  /** Jobs of workers that fell silent are due again, or dead when that happened too often. */
  async #reap(): Promise<void> {
    const { rows } = await this.#db.query<{ id: string }>(
      `update enrol_job set state = case when attempts >= $1 then 'dead' else 'queued' end,
         failure = case when attempts >= $1 then $2::jsonb else failure end,
         worker = null, lease_until = null, due_at = now(), changed_at = now()
       where id in (select id from enrol_job where state = 'running' and lease_until <= now()
                    for update skip locked)
       returning id`,
      [this.#maxAttempts, JSON.stringify(poisoned)],
    );
    for (const { id } of rows) await tell(this.#db, id);
  }
}

/** Heard by workers and pages once the transaction is committed. */
export const tell = (sql: Sql, id: string): Promise<unknown> =>
  sql.query("select pg_notify($1, $2)", [jobChannel, id]);
