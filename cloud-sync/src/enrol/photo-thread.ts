import { parentPort, workerData } from "node:worker_threads";
import { TillsightError } from "@tillsight/contracts";
import { findPrintJudge, loadDetector, loadEmbedder, type ModelSettings } from "@tillsight/models";
import { photoReader } from "./reading.js";
import type { ThreadAnswer, ThreadQuestion, ThreadReady } from "./threaded-reader.js";

/** The thread's own file: opens the networks, then answers one question at a time. */
async function serve(settings: ModelSettings): Promise<void> {
  const port = parentPort;
  if (!port) return;
  const [detector, embedder] = [await loadDetector(settings), await loadEmbedder(settings)];
  const reader = photoReader(detector, embedder, await findPrintJudge(settings));
  port.on("message", ({ id, bytes }: ThreadQuestion) => {
    void reader
      .read(bytes)
      .then(
        (reading): ThreadAnswer => ({ id, reading }),
        (error: unknown): ThreadAnswer =>
          error instanceof TillsightError
            ? { id, failure: { code: error.code, message: error.message, fix: error.fix } }
            : {
                id,
                failure: { code: "INTERNAL", message: String(error), fix: "Look at the log of cloud-sync." },
              },
      )
      .then((answer) => port.postMessage(answer));
  });
  const ready: ThreadReady = { embedderId: embedder.info.id, match: embedder.thresholds.match };
  port.postMessage(ready);
}

void serve(workerData as ModelSettings);
