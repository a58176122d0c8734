import { rmSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { InvariantError } from "@tillsight/contracts";
import { openReadOnly } from "../database.js";
import { CatalogStore } from "../store.js";
import { HnswGraph } from "./graph.js";
import type { BuildJob, BuildNews } from "./rebuild.js";

/** Builds one shard's graph from the catalog and leaves it in a file; the main thread goes on selling. */
async function build(job: BuildJob, tell: (news: BuildNews) => void): Promise<void> {
  const db = openReadOnly(job.database);
  try {
    const total = db
      .prepare("select count(*) as n from reference where embedder_id = ? and origin = ?")
      .pluck()
      .get(job.embedderId, job.origin) as number;
    const graph = HnswGraph.empty(job.size, undefined, Math.max(1024, Math.ceil(total * 1.1)));
    for (const [label, vector] of new CatalogStore(db).vectors(job.origin, job.embedderId)) {
      if (vector.length === job.size) graph.add(label, vector);
      if (graph.count % 1000 === 0) tell({ type: "progress", done: graph.count, total });
    }
    rmSync(job.target, { force: true });
    await graph.save(job.target);
    tell({ type: "built", labels: Uint32Array.from(graph.labels()) });
  } finally {
    db.close();
  }
}

if (!parentPort) throw new InvariantError("build-worker was started outside a worker thread");
const port = parentPort;
await build(workerData as BuildJob, (news) => port.postMessage(news));
