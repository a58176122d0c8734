import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { InvariantError } from "@tillsight/contracts";
import { chunkRows, decodeRow, hex, SyncRefusedError, sha256 } from "@tillsight/sync-protocol";
import { openDatabase } from "../database.js";
import { HqRows } from "../hq-rows.js";
import { CatalogStore, type IndexChange } from "../store.js";
import type { SnapshotJob, SnapshotNews } from "./take-snapshot.js";

function* rowsOf({ dir, chunks }: SnapshotJob): Iterable<Uint8Array> {
  for (const name of chunks) {
    const file = join(dir, name);
    const bytes = readFileSync(file);
    // Power may have failed while it was written: then it is fetched again.
    if (hex(sha256(bytes)) !== name) {
      rmSync(file, { force: true });
      throw new SyncRefusedError("damaged", `chunk ${name} was torn on the disk`);
    }
    yield* chunkRows(bytes);
  }
}

/** Labels that came and went, for the index. */
class Labels {
  readonly added: number[] = [];
  readonly removed: number[] = [];

  note(changes: readonly IndexChange[]): void {
    for (const { added, removed, origin } of changes) {
      if (added) this.added.push(added.label);
      // The main thread looks at what this store enrolled by itself.
      if (removed !== undefined && origin === "hq") this.removed.push(removed);
    }
  }
}

/** Writes only what differs, so that a lane that was away for a week is done in a moment. */
function write(store: CatalogStore, job: SnapshotJob, tell: (news: SnapshotNews) => void): Labels {
  const rows = new HqRows(store, job.size, store.digestSum());
  const left = new Set(store.hqKeys());
  const labels = new Labels();
  let done = 0;
  for (const bytes of rowsOf(job)) {
    const { row, encoded } = decodeRow(bytes, job.embedderId);
    if (!rows.has(encoded)) labels.note(rows.put(row, encoded));
    left.delete(encoded.key);
    if (++done % 10_000 === 0) tell({ type: "progress", done, total: job.rows });
  }
  for (const key of left) labels.note(rows.remove(key));
  if (!rows.hash.equals(job.stateHash))
    throw new SyncRefusedError("postHash", "the snapshot's rows do not have its state hash");
  store.setMeta("lsn", String(job.lsn));
  store.setMeta("epoch", String(job.epoch));
  store.setMeta("stateHash", hex(rows.hash));
  return labels;
}

function run(job: SnapshotJob, tell: (news: SnapshotNews) => void): void {
  const db = openDatabase(job.database, 10_000);
  try {
    const store = new CatalogStore(db);
    const { added, removed } = store.transaction(() => write(store, job, tell));
    tell({ type: "done", added: Uint32Array.from(added), removed: Uint32Array.from(removed) });
  } catch (error) {
    if (error instanceof SyncRefusedError)
      tell({ type: "refused", reason: error.reason, detail: error.message });
    else throw error;
  } finally {
    db.close();
  }
}

if (!parentPort) throw new InvariantError("snapshot-worker was started outside a worker thread");
const port = parentPort;
run(workerData as SnapshotJob, (news) => port.postMessage(news));
