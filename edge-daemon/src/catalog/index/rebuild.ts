import { rm } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import { CatalogIoError } from "../errors.js";
import type { Origin } from "../rows.js";
import { HnswGraph } from "./graph.js";

export interface BuildJob {
  readonly database: string;
  readonly origin: Origin;
  readonly embedderId: string;
  readonly size: number;
  /** File that receives the graph; deleted once it is loaded. */
  readonly target: string;
}

export type BuildNews =
  | { readonly type: "progress"; readonly done: number; readonly total: number }
  | { readonly type: "built"; readonly labels: Uint32Array };

/** Tests run the TypeScript sources, a worker needs the compiled file of the same name. */
const compiled = import.meta.url.replace(/\/src\/(.*)\.ts$/, "/dist/$1.js");
const workerFile = new URL("./build-worker.js", compiled);

/**
 * A new graph of one shard, built in a thread of its own from one consistent state of the catalog.
 * Rejects with the signal's reason when it is aborted, with CatalogIoError when the worker fails.
 */
export async function rebuildShard(
  job: BuildJob,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<HnswGraph> {
  signal.throwIfAborted();
  const worker = new Worker(workerFile, { workerData: job });
  const abort = () => void worker.terminate();
  signal.addEventListener("abort", abort, { once: true });
  try {
    const labels = await new Promise<Uint32Array>((resolve, reject) => {
      worker.on("message", (news: BuildNews) => {
        if (news.type === "progress") onProgress(news.done, news.total);
        else resolve(news.labels);
      });
      worker.on("error", (cause) => reject(new CatalogIoError(job.target, { cause })));
      worker.on("exit", (code) =>
        reject(signal.aborted ? signal.reason : new CatalogIoError(job.target, { cause: code })),
      );
    });
    // Before the graph is read: two of them at once is what a lane with 50,000 SKUs has no memory for.
    await worker.terminate();
    return await HnswGraph.load(job.target, job.size, new Set(labels));
  } finally {
    signal.removeEventListener("abort", abort);
    await worker.terminate();
    await rm(job.target, { force: true });
  }
}
