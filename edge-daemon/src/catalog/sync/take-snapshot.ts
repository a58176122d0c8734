import { Worker } from "node:worker_threads";
import type { RefusalReason } from "@tillsight/contracts";
import { SyncRefusedError } from "@tillsight/sync-protocol";
import { catalogError } from "../database.js";

export interface SnapshotJob {
  readonly database: string;
  /** Folder of the chunks. */
  readonly dir: string;
  /** Their names, in order. */
  readonly chunks: readonly string[];
  readonly embedderId: string;
  readonly size: number;
  readonly epoch: number;
  readonly lsn: number;
  readonly rows: number;
  readonly stateHash: Uint8Array;
}

export type SnapshotNews =
  | { readonly type: "progress"; readonly done: number; readonly total: number }
  | { readonly type: "refused"; readonly reason: RefusalReason; readonly detail: string }
  | { readonly type: "done"; readonly added: Uint32Array; readonly removed: Uint32Array };

export interface SnapshotResult {
  /** Labels of headquarters' references that are new, and that are gone. */
  readonly added: Uint32Array;
  readonly removed: Uint32Array;
}

/** Tests run the TypeScript sources, a worker needs the compiled file of the same name. */
const compiled = import.meta.url.replace(/\/src\/(.*)\.ts$/, "/dist/$1.js");
const workerFile = new URL("./snapshot-worker.js", compiled);

/**
 * Brings the catalog to a snapshot whose chunks are all there, in a thread of its own and in one transaction:
 * readers see the old catalog until they see the new one. When it is broken off, nothing has happened.
 *
 * @throws SyncRefusedError (postHash, unreadableRow, damaged), the signal's reason, or what SQLite said.
 */
export async function takeSnapshot(
  job: SnapshotJob,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<SnapshotResult> {
  signal.throwIfAborted();
  const worker = new Worker(workerFile, { workerData: job });
  const abort = () => void worker.terminate();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await new Promise<SnapshotResult>((resolve, reject) => {
      worker.on("message", (news: SnapshotNews) => {
        if (news.type === "progress") onProgress(news.done, news.total);
        else if (news.type === "done") resolve(news);
        else reject(new SyncRefusedError(news.reason, news.detail));
      });
      worker.on("error", (cause) => reject(catalogError(cause, job.database)));
      worker.on("exit", (code) => reject(signal.aborted ? signal.reason : catalogError(code, job.database)));
    });
  } finally {
    signal.removeEventListener("abort", abort);
    await worker.terminate();
  }
}
