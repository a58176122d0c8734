import { type ChangeLog, change } from "../catalog/change-log.js";
import { dropReferences, writeReferences } from "../catalog/references.js";
import { readProducts } from "../catalog/write-products.js";
import { LeaseLostError, NotFoundError, PhotoRefusedError } from "../errors.js";
import type { Database, Sql } from "../storage/database.js";
import { inspectPhoto } from "./decode.js";
import { type FetchOptions, fetchPicture } from "./fetch-picture.js";
import { surplusReferences } from "./keep-references.js";
import type { PhotoStore } from "./photo-store.js";
import { judge, outcomeOf } from "./quality/judge.js";
import { replacesFinding, surplusFinding, withFinding } from "./quality/surplus.js";
import type { Verdict } from "./quality/verdict.js";
import { hasReferenceOf } from "./queue/jobs.js";
import type { Claim, JobQueue, Outcome } from "./queue/queue.js";
import type { PhotoReader } from "./reading.js";
import type { ReferenceIndex } from "./reference-index.js";
import { holdStrays, strayVerdict } from "./strays.js";
import { type DoJob, failureOf } from "./worker.js";

export interface JobParts {
  readonly db: Database;
  readonly queue: JobQueue;
  readonly photos: PhotoStore;
  readonly reader: PhotoReader;
  readonly index: ReferenceIndex;
  /** The embedder's threshold of a match, as the lane uses it. */
  readonly match: number;
  /** References that a product may have; any number where it is left out. */
  readonly mostReferences: number | undefined;
  readonly links: Omit<FetchOptions, "signal">;
}

interface Photo {
  readonly job: Claim["job"];
  /** Its name in the object store. */
  readonly photo: string;
  readonly vector: Float32Array;
  readonly verdict: Verdict;
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
  const strays = await index.strays({ id: job.id, sku: job.sku, photo, vector: reading.vector });
  const itself = job.forced ? undefined : strays.find(({ id }) => id === job.id);
  if (itself)
    return settle(parts, claim, { state: "held", verdict: strayVerdict(verdict, itself), failure: null });
  // Reference and job in one transaction: a worker that is killed leaves both or none.
  await change(db, { actor: "enrolment", source: `enrol:${job.id}` }, async (tx, log) => {
    if (!(await readProducts(tx, [job.sku])).has(job.sku)) throw gone(job.sku);
    await dropReferences(tx, log, await holdStrays(tx, strays));
    const done = await keepReference(parts, tx, log, { job, photo, vector: reading.vector, verdict });
    if (!(await parts.queue.settle(tx, claim, done))) throw new LeaseLostError(job.id);
  });
}

/** The photo becomes a reference where the product has room for it, or where it says more than another one. */
async function keepReference(
  { reader: { embedderId }, mostReferences: most }: JobParts,
  tx: Sql,
  log: ChangeLog,
  { job, photo, vector, verdict }: Photo,
): Promise<Outcome> {
  const { id, sku, forced } = job;
  if (await hasReferenceOf(tx, sku, photo, embedderId)) return { state: "enrolled", verdict, lsn: log.lsn };
  const surplus = await surplusReferences(tx, { sku, embedderId, most }, { id, vector, keep: forced });
  if (surplus.includes(id))
    return { state: "refused", verdict: withFinding(verdict, surplusFinding), failure: null };
  await writeReferences(tx, log, [{ id, sku, embedderId, vector, photo }]);
  await dropReferences(tx, log, surplus);
  const noted = surplus.length > 0 ? withFinding(verdict, replacesFinding(surplus)) : verdict;
  return { state: "enrolled", verdict: noted, lsn: log.lsn };
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
