import { createHash, randomUUID } from "node:crypto";
import { describeError, type Sku } from "@tillsight/contracts";
import type { CloudCatalog } from "../catalog/catalog.js";
import { NotFoundError, PhotoRefusedError } from "../errors.js";
import type { Logger } from "../log.js";
import type { Database } from "../storage/database.js";
import { inspectPhoto } from "./decode.js";
import { jobDoer } from "./do-job.js";
import type { FetchOptions } from "./fetch-picture.js";
import { LiveJobs } from "./live.js";
import { checkPhotos } from "./photo.js";
import type { PhotoStore } from "./photo-store.js";
import type { Batch, Job, NewJob } from "./queue/job.js";
import { JobQueue, jobChannel, type QueueOptions } from "./queue/queue.js";
import type { PhotoReader } from "./reading.js";
import { ReferenceIndex } from "./reference-index.js";
import { EnrolWorker } from "./worker.js";

export interface EnrolmentOptions {
  readonly db: Database;
  readonly catalog: CloudCatalog;
  readonly photos: PhotoStore;
  /** Left out: this copy only takes photos, others look at them. */
  readonly reader?: PhotoReader | undefined;
  /** Cosine from which the lane takes two pictures for the same product. */
  readonly match?: number | undefined;
  /** References that a product may have, the photos that add least give way; left out: any number. */
  readonly mostReferences?: number | undefined;
  readonly links?: Omit<FetchOptions, "signal">;
  readonly queue?: QueueOptions;
  readonly log: Logger;
}

/** A picture as it was sent. */
export interface SentPhoto {
  /** File name, for people. */
  readonly source: string;
  readonly bytes: Uint8Array;
}

/** What a batch is called when nobody says. */
const uploaded = "upload";

/** From photos to references: stores them, queues them, and has a worker look at them. */
export class Enrolment {
  readonly db: Database;
  readonly queue: JobQueue;
  readonly live: LiveJobs;
  readonly #o: EnrolmentOptions;
  readonly #worker: EnrolWorker | undefined;
  #unlisten: () => Promise<void> = async () => {};

  constructor(options: EnrolmentOptions) {
    const { db, photos, reader, log } = options;
    this.#o = options;
    this.db = db;
    this.queue = new JobQueue(db, options.queue);
    this.live = new LiveJobs(db, log);
    if (!reader) return;
    const index = new ReferenceIndex(db, reader.embedderId);
    const match = options.match ?? 0.86;
    const links = options.links ?? {};
    const { mostReferences } = options;
    const work = jobDoer({ db, queue: this.queue, photos, reader, index, match, mostReferences, links });
    this.#worker = new EnrolWorker({ queue: this.queue, work, log });
  }

  async start(): Promise<void> {
    if (this.db.engine === "pglite") await this.queue.releaseAll();
    this.#unlisten = await this.db.listen(jobChannel, (payload) => {
      this.live.changed(payload);
      this.#worker?.wake();
    });
    this.#worker?.start();
  }

  async stop(): Promise<void> {
    await this.#worker?.stop();
    await this.#unlisten();
    this.live.close();
  }

  /**
   * Queues photos of one product: all, or none when one of them cannot be taken. The same picture sent twice to one
   * batch is one job.
   *
   * @throws PhotoRefusedError, NotFoundError, ObjectStoreError
   */
  async upload(
    sku: Sku,
    sent: readonly SentPhoto[],
    by: { readonly actor: string; readonly batch?: string | undefined; readonly label?: string | undefined },
  ): Promise<{ readonly batch: string; readonly jobs: readonly Job[] }> {
    checkPhotos(sent.map(({ bytes }) => bytes));
    for (const { bytes } of sent) await inspectPhoto(bytes);
    if (!(await this.#o.catalog.product(sku)))
      throw new NotFoundError(`there is no product ${sku}`, `Create it first: PUT /api/products/${sku}.`);
    const batch: Batch = { id: by.batch ?? randomUUID(), label: by.label ?? uploaded, actor: by.actor };
    const jobs: NewJob[] = [];
    for (const { source, bytes } of sent) {
      // The pictures are safe before there is a job that needs them.
      const photo = await this.#o.photos.put(bytes);
      jobs.push({ id: jobId(batch.id, sku, photo), sku, source, photo });
    }
    return { batch: batch.id, jobs: await this.queue.add(batch, jobs) };
  }

  /** Queues pictures to be fetched. */
  link(batch: Batch, links: readonly { readonly sku: Sku; readonly url: string }[]): Promise<Job[]> {
    const jobs = links.map(({ sku, url }) => ({ id: jobId(batch.id, sku, url), sku, source: url, url }));
    return this.queue.add(batch, jobs);
  }

  /** After a change of the embedder: every reference is made again from its picture, or goes when there is none. */
  async embedAgain(): Promise<void> {
    const { catalog, photos, reader, log } = this.#o;
    const foreign = reader ? await catalog.foreignReferences() : [];
    if (!reader || foreign.length === 0) return;
    log.info("the embedder changed, references are made again", { references: foreign.length });
    for (const [done, { id, sku, photo }] of foreign.entries()) {
      if (done % 100 === 99) log.info("references are made again", { done: done + 1, of: foreign.length });
      try {
        if (photo === undefined)
          throw new NotFoundError(`reference ${id} has no picture`, "Enrol the product again.");
        const { vector } = await reader.read(await photos.get(photo));
        await catalog.addReferences(sku, [{ id, vector, photo }], "embedder change");
      } catch (error) {
        // A store or database that is away now is no reason to lose a reference.
        if (!(error instanceof PhotoRefusedError || error instanceof NotFoundError)) throw error;
        log.warn("a reference could not be made again and is gone", { id, sku, error: describeError(error) });
        await catalog.removeReference(id, "embedder change");
      }
    }
  }
}

/** A UUID made of what is asked (RFC 9562, version 8), so that asking twice asks for one thing. */
function jobId(batch: string, sku: string, what: string): string {
  const hex = createHash("sha256").update(`${batch}\n${sku}\n${what}`).digest("hex");
  const variant = ((Number.parseInt(hex[16] ?? "0", 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
