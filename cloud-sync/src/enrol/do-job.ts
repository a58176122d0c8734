import { change } from "../catalog/change-log.js";
import { writeReferences } from "../catalog/references.js";
import { readProducts } from "../catalog/write-products.js";
import { LeaseLostError, NotFoundError, PhotoRefusedError } from "../errors.js";
import type { Database } from "../storage/database.js";
import { inspectPhoto } from "./decode.js";
import { type FetchOptions, fetchPicture } from "./fetch-picture.js";
import type { PhotoStore } from "./photo-store.js";
import { judge, outcomeOf } from "./quality/judge.js";
import { hasReferenceOf } from "./queue/jobs.js";
import type { Claim, JobQueue, Outcome } from "./queue/queue.js";
import type { PhotoReader } from "./reading.js";
import type { ReferenceIndex } from "./reference-index.js";
import { type DoJob, failureOf } from "./worker.js";

export interface JobParts {
  readonly db: Database;
  readonly queue: JobQueue;
  readonly photos: PhotoStore;
  readonly reader: PhotoReader;
  readonly index: ReferenceIndex;
  /** The embedder's threshold of a match, as the lane uses it. */
  readonly match: number;
  readonly links: Omit<FetchOptions, "signal">;
}

/** From the stored or linked picture to a reference of its product, or to why not. */
export function jobDoer(parts: JobParts): DoJob {
  return async (claim, signal) => {
    try {
      await enrolPhoto(parts, claim, signal);
    } catch (error) {
      // These stay as they are however often they are tried.
      if (!(error instanceof PhotoRefusedError || error instanceof NotFoundError)) throw error;
      await settle(parts, claim, { state: "refused", verdict: null, failure: failureOf(error) });
    }
  };
}

async function enrolPhoto(parts: JobParts, claim: Claim, signal: AbortSignal): Promise<void> {
  const { db, reader, index, match } = parts;
  const { job } = claim;
  await requireProduct(parts, job.sku);
  const photo = job.photo ?? (await fetchAndKeep(parts, claim, signal));
  const reading = await reader.read(await parts.photos.get(photo));
  const conflicts = await index.conflicts(reading.vector, job.sku, match);
  const verdict = judge(reading, conflicts, match);
  signal.throwIfAborted();
  const state = outcomeOf(verdict, job.forced);
  if (state !== "enrolled") return settle(parts, claim, { state, verdict, failure: null });
  // Reference and job in one transaction: a worker that is killed leaves both or none.
  await change(db, { actor: "enrolment", source: `enrol:${job.id}` }, async (tx, log) => {
    if (!(await readProducts(tx, [job.sku])).has(job.sku)) throw gone(job.sku);
    if (!(await hasReferenceOf(tx, job.sku, photo, reader.embedderId)))
      await writeReferences(tx, log, [
        { id: job.id, sku: job.sku, embedderId: reader.embedderId, vector: reading.vector, photo },
      ]);
    const done: Outcome = { state: "enrolled", verdict, lsn: log.lsn };
    if (!(await parts.queue.settle(tx, claim, done))) throw new LeaseLostError(job.id);
  });
}

const gone = (sku: string) =>
  new NotFoundError(`there is no product ${sku}`, `Create it: PUT /api/products/${sku}, then retry.`);

async function requireProduct({ db }: JobParts, sku: string): Promise<void> {
  if (!(await readProducts(db, [sku])).has(sku)) throw gone(sku);
}

async function fetchAndKeep({ photos, queue, links }: JobParts, claim: Claim, signal: AbortSignal) {
  const bytes = await fetchPicture(claim.job.url ?? "", { ...links, signal });
  await inspectPhoto(bytes);
  const photo = await photos.put(bytes);
  if (!(await queue.keepPhoto(claim, photo))) throw new LeaseLostError(claim.job.id);
  return photo;
}

async function settle({ db, queue }: JobParts, claim: Claim, outcome: Outcome): Promise<void> {
  const held = await db.transaction((tx) => queue.settle(tx, claim, outcome));
  if (!held) throw new LeaseLostError(claim.job.id);
}
