import { Sku } from "@tillsight/contracts";
import { z } from "zod";
import { Verdict } from "../quality/verdict.js";

/**
 * `queued` waits (also for its next try), `running` is leased to a worker, `held` waits for a person, `dead` has
 * failed too often. `enrolled`, `refused` and `dead` are over until a person says otherwise.
 */
export const jobStates = ["queued", "running", "enrolled", "held", "refused", "dead"] as const;
export const JobState = z.enum(jobStates);
export type JobState = z.infer<typeof JobState>;

/** Why a job is refused or dead, or why its last try failed. */
export const Failure = z.object({ code: z.string(), message: z.string(), fix: z.string() });
export type Failure = z.infer<typeof Failure>;

/** One photo on its way to becoming a reference of a product. */
export const Job = z.object({
  /** Also of the reference that it becomes. */
  id: z.uuid(),
  batch: z.uuid(),
  /** Order of arrival over all batches; a page ends with the last one's. */
  n: z.int(),
  sku: Sku,
  /** File name or address, for people. */
  source: z.string(),
  /** Object id of the picture; null until it was fetched. */
  photo: z.string().nullable(),
  url: z.string().nullable(),
  state: JobState,
  forced: z.boolean(),
  /** Tries begun so far. */
  attempts: z.int(),
  verdict: Verdict.nullable(),
  failure: Failure.nullable(),
  /** Of the change that made the reference. */
  lsn: z.int().nullable(),
  createdAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
  /** Of the next try, while it is queued. */
  dueAt: z.iso.datetime(),
});
export type Job = z.infer<typeof Job>;

/** A photo to be enrolled: stored already, or to be fetched. */
export interface NewJob {
  readonly id: string;
  readonly sku: Sku;
  readonly source: string;
  readonly photo?: string;
  readonly url?: string;
}

export interface Batch {
  readonly id: string;
  /** What it was called by whoever sent it, such as a file name. */
  readonly label: string;
  readonly actor: string;
}

export type Counts = Readonly<Record<JobState, number>>;

export interface JobRow {
  readonly id: string;
  readonly batch: string;
  readonly n: number;
  readonly sku: Sku;
  readonly source: string;
  readonly photo: string | null;
  readonly url: string | null;
  readonly state: JobState;
  readonly forced: boolean;
  readonly attempts: number;
  readonly verdict: Verdict | null;
  readonly failure: Failure | null;
  readonly lsn: number | null;
  readonly created_at: Date;
  readonly changed_at: Date;
  readonly due_at: Date;
}

export const jobColumns =
  "id, batch, n, sku, source, photo, url, state, forced, attempts, verdict, failure, lsn, created_at, changed_at, due_at";

export const toJob = ({ created_at, changed_at, due_at, ...row }: JobRow): Job => ({
  ...row,
  createdAt: created_at.toISOString(),
  changedAt: changed_at.toISOString(),
  dueAt: due_at.toISOString(),
});
