import type { Sku } from "@tillsight/contracts";
import { ConflictError, NotFoundError } from "../../errors.js";
import type { Database, Sql } from "../../storage/database.js";
import { type NewestFirst, newestFirst } from "../../storage/newest-first.js";
import {
  type Batch,
  type Counts,
  type Job,
  type JobRow,
  type JobState,
  jobColumns,
  jobStates,
  toJob,
} from "./job.js";
import { tell } from "./queue.js";

export interface JobQuery {
  readonly batch?: string | undefined;
  readonly sku?: string | undefined;
  readonly states?: readonly JobState[] | undefined;
  /** `n` of the last one of the page before. */
  readonly after?: number | undefined;
  readonly limit: number;
}

/** In the order they came. */
export async function readJobs(sql: Sql, query: JobQuery): Promise<Job[]> {
  const { rows } = await sql.query<JobRow>(
    `select ${jobColumns} from enrol_job
     where ($1::uuid is null or batch = $1) and ($2::text is null or sku = $2)
       and ($3::text[] is null or state = any($3)) and n > $4
     order by n limit $5`,
    [query.batch ?? null, query.sku ?? null, query.states ?? null, query.after ?? 0, query.limit],
  );
  return rows.map(toJob);
}

export async function readJobsById(sql: Sql, ids: readonly string[]): Promise<Job[]> {
  const { rows } = await sql.query<JobRow>(
    `select ${jobColumns} from enrol_job where id = any($1::uuid[]) order by n`,
    [ids],
  );
  return rows.map(toJob);
}

/** @throws NotFoundError */
export async function requireJob(sql: Sql, id: string): Promise<Job> {
  const [job] = await readJobsById(sql, [id]);
  if (!job)
    throw new NotFoundError(`there is no enrolment ${id}`, "See GET /api/enrolments for those there are.");
  return job;
}

export interface BatchReport extends Batch {
  readonly createdAt: string;
  readonly counts: Counts;
}

interface BatchRow extends Batch {
  readonly created_at: Date;
  readonly counts: Readonly<Partial<Record<JobState, number>>> | null;
}

const fullCounts = (counts: BatchRow["counts"]): Counts =>
  Object.fromEntries(jobStates.map((state) => [state, counts?.[state] ?? 0])) as unknown as Counts;

/** The newest first, or those that are named. */
export async function readBatches(
  sql: Sql,
  query: NewestFirst & { readonly ids?: readonly string[] },
): Promise<BatchReport[]> {
  const { rows } = await sql.query<BatchRow>(
    `select b.id, b.label, b.actor, b.created_at, (select jsonb_object_agg(state, n) from
       (select state, count(*) as n from enrol_job where batch = b.id group by state) as s) as counts
     from enrol_batch b where ($3::uuid[] is null or id = any($3::uuid[]))
       and ${newestFirst("enrol_batch", "created_at")}`,
    [query.after ?? null, query.limit, query.ids ?? null],
  );
  return rows.map(({ created_at, counts, ...batch }) => ({
    ...batch,
    createdAt: created_at.toISOString(),
    counts: fullCounts(counts),
  }));
}

export async function countJobs(sql: Sql): Promise<Counts> {
  const { rows } = await sql.query<{ state: JobState; n: number }>(
    "select state, count(*) as n from enrol_job group by state",
  );
  return fullCounts(Object.fromEntries(rows.map(({ state, n }) => [state, n])));
}

/** What a person may do, and with jobs in which state. */
const decisions = {
  accept: ["held", "refused"],
  reject: ["queued", "held", "dead"],
  retry: ["held", "refused", "dead"],
} as const satisfies Record<string, readonly JobState[]>;
export type Decision = keyof typeof decisions;
export const decisionNames = Object.keys(decisions) as [Decision, ...Decision[]];

/**
 * `accept` takes a picture in spite of its verdict, `reject` does without it, `retry` begins anew.
 *
 * @throws NotFoundError, ConflictError when it is in a state where that cannot be done
 */
export async function decideJob(db: Database, id: string, decision: Decision, actor: string): Promise<Job> {
  return db.transaction(async (tx) => {
    const failure = {
      code: "REJECTED",
      message: `rejected by ${actor}`,
      fix: "Retry it if that was a mistake.",
    };
    const { affected } = await tx.query(
      `update enrol_job set state = $3, forced = $4, failure = case when $3 = 'refused' then $5::jsonb end,
         attempts = 0, due_at = now(), changed_at = now()
       where id = $1 and state = any($2)`,
      [
        ...[id, [...decisions[decision]], decision === "reject" ? "refused" : "queued"],
        ...[decision === "accept", JSON.stringify(failure)],
      ],
    );
    const job = await requireJob(tx, id);
    if (affected === 0)
      throw new ConflictError(
        `enrolment ${id} is ${job.state}`,
        `${decision} is for ${decisions[decision].join(", ")}: look at it again.`,
      );
    await tell(tx, id);
    return job;
  });
}

/** Whether the product has a reference of this very picture already. */
export async function hasReferenceOf(
  sql: Sql,
  sku: Sku,
  photo: string,
  embedderId: string,
): Promise<boolean> {
  const { rows } = await sql.query(
    "select 1 from reference where sku = $1 and photo = $2 and embedder_id = $3 limit 1",
    [sku, photo, embedderId],
  );
  return rows.length > 0;
}
