import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { InvalidInputError, Product } from "@tillsight/contracts";
import { z } from "zod";
import { CloudCatalog } from "../catalog/catalog.js";
import { Enrolment } from "../enrol/enrolment.js";
import type { EnrolTarget } from "../enrol/ingest/run.js";
import { PhotoStore } from "../enrol/photo-store.js";
import { JobState } from "../enrol/queue/job.js";
import { readBatches, readJobs } from "../enrol/queue/jobs.js";
import { ThreadedReader } from "../enrol/threaded-reader.js";
import { CloudStartError, PhotoRefusedError } from "../errors.js";
import { addressFile, lockFolder } from "../folder-lock.js";
import { createLogger } from "../log.js";
import { openObjectStore } from "../storage/objects/open.js";
import { openDatabase } from "../storage/open.js";

/** What a batch has come to, and those of its jobs that somebody should know of. */
export interface BatchView {
  readonly counts: Readonly<Record<JobState, number>>;
}

const Remark = z.object({
  source: z.string(),
  sku: z.string(),
  state: JobState,
  failure: z.object({ message: z.string() }).nullable(),
  verdict: z.object({ findings: z.array(z.object({ grade: z.string(), message: z.string() })) }).nullable(),
});
/** A job that was not simply enrolled. */
export type Remark = z.infer<typeof Remark>;

export interface BatchTarget extends EnrolTarget {
  progress(): Promise<BatchView>;
  /** At most `limit` that are held, refused or dead. */
  remarks(limit: number): Promise<Remark[]>;
  close(): Promise<void>;
}

export interface EnrolPlace {
  readonly data: string;
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  readonly databaseUrl?: string | undefined;
  readonly objects?: string | undefined;
  readonly models?: string | undefined;
  readonly batch: string;
  readonly label: string;
}

const remarkable: readonly JobState[] = ["held", "refused", "dead"];

/** A headquarters that runs, or its data alone: then this process does the work. @throws CloudStartError */
export async function openEnrolTarget(place: EnrolPlace): Promise<BatchTarget> {
  const { data, url, token = "", databaseUrl } = place;
  if (url !== undefined) return new HttpEnrolTarget(url, token, place);
  if (databaseUrl !== undefined) return openDirect(place, async () => {});
  let unlock: () => Promise<void>;
  try {
    unlock = await lockFolder(data);
  } catch (error) {
    const address = (await readFile(addressFile(data), "utf8").catch(() => "")).trim();
    if (!(error instanceof CloudStartError) || address === "") throw error;
    return new HttpEnrolTarget(address, (await readFile(join(data, "token"), "utf8")).trim(), place);
  }
  return openDirect(place, unlock).catch(async (error: unknown) => {
    await unlock();
    throw error;
  });
}

async function openDirect(place: EnrolPlace, unlock: () => Promise<void>): Promise<BatchTarget> {
  const { data, databaseUrl, objects, models, batch, label } = place;
  const reader = await ThreadedReader.open(models === undefined ? {} : { folder: models });
  const db = await openDatabase({ dataDir: data, databaseUrl });
  const catalog = await CloudCatalog.open(db, reader.embedderId);
  const store = await openObjectStore(data, objects);
  const enrolment = new Enrolment({
    ...{ db, catalog, photos: new PhotoStore(store), reader, match: reader.match },
    log: createLogger("error"),
  });
  await enrolment.start();
  const by = { id: batch, label, actor: `cli ${userInfo().username}` };
  const closing = [enrolment.stop, catalog.close, store.close, db.close, reader.close];
  const owners = [enrolment, catalog, store, db, reader];
  return {
    product: (sku) => catalog.product(sku),
    search: (text) => catalog.products(text, 5),
    upload: async (sku, photo) => void (await enrolment.upload(sku, [photo], { ...by, batch })),
    link: async (links) => void (await enrolment.link(by, links)),
    async progress() {
      const [report] = await readBatches(db, { ids: [batch], limit: 1 });
      return { counts: report?.counts ?? none };
    },
    remarks: (limit) => readJobs(db, { batch, states: remarkable, limit }),
    async close() {
      for (const [i, close] of closing.entries()) await close.call(owners[i] as never);
      await unlock();
    },
  };
}

const none = { queued: 0, running: 0, enrolled: 0, held: 0, refused: 0, dead: 0 };

const Problem = z.object({ title: z.string().default(""), fix: z.string().default("") });

/** A headquarters that runs, asked over its API. */
class HttpEnrolTarget implements BatchTarget {
  readonly #url: string;
  readonly #token: string;
  readonly #place: EnrolPlace;

  constructor(url: string, token: string, place: EnrolPlace) {
    this.#url = url.replace(/\/+$/, "");
    this.#token = token;
    this.#place = place;
  }

  async product(sku: string): Promise<Product | undefined> {
    const response = await this.#fetch(`/api/products/${sku}`);
    if (response.status === 404) return undefined;
    return Product.parse(await this.#json(response));
  }

  async search(text: string): Promise<readonly Product[]> {
    const response = await this.#fetch(`/api/products?limit=5&search=${encodeURIComponent(text)}`);
    return z.object({ products: z.array(Product) }).parse(await this.#json(response)).products;
  }

  async upload(sku: string, { source, bytes }: { source: string; bytes: Uint8Array }): Promise<void> {
    const { batch, label } = this.#place;
    const body = new FormData();
    body.append("photo", new Blob([new Uint8Array(bytes)]), source);
    const query = new URLSearchParams({ batch, label });
    await this.#json(await this.#fetch(`/api/products/${sku}/photos?${query}`, { method: "POST", body }));
  }

  async link(links: readonly { readonly sku: string; readonly url: string }[]): Promise<void> {
    const { batch, label } = this.#place;
    const body = JSON.stringify({ batch, label, links });
    const headers = { "content-type": "application/json" };
    await this.#json(await this.#fetch("/api/enrolments/links", { method: "POST", headers, body }));
  }

  async progress(): Promise<BatchView> {
    const response = await this.#fetch(`/api/enrolments/batches/${this.#place.batch}`);
    if (response.status === 404) return { counts: none };
    return (await this.#json(response)) as BatchView;
  }

  async remarks(limit: number): Promise<Remark[]> {
    const query = `batch=${this.#place.batch}&state=${remarkable.join(",")}&limit=${limit}`;
    const answer = await this.#json(await this.#fetch(`/api/enrolments?${query}`));
    return z.object({ enrolments: z.array(Remark) }).parse(answer).enrolments;
  }

  async close(): Promise<void> {}

  async #json(response: Response): Promise<unknown> {
    const answer: unknown = await response.json().catch(() => ({}));
    if (response.ok) return answer;
    const { title, fix } = Problem.catch({ title: "", fix: "" }).parse(answer);
    const message = title || `headquarters answered ${response.status}`;
    if (response.status === 422 || response.status === 413) throw new PhotoRefusedError(message, fix);
    if (response.status === 400) throw new InvalidInputError(message, fix);
    throw new CloudStartError(message, fix || "Look at its log.");
  }

  async #fetch(path: string, init: RequestInit & { headers?: Record<string, string> } = {}) {
    const headers = { ...init.headers, ...(this.#token ? { authorization: `Bearer ${this.#token}` } : {}) };
    return fetch(this.#url + path, { ...init, headers }).catch((cause: unknown) => {
      throw new CloudStartError(
        `headquarters at ${this.#url} does not answer`,
        `Check that it runs; then go on with --batch ${this.#place.batch}.`,
        { cause },
      );
    });
  }
}
