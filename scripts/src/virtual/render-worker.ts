import { parentPort, workerData } from "node:worker_threads";
import type { RenderAnswer, RenderQuestion } from "./render-thread.js";
import { TrayRenderer } from "./renderer.js";

/** The thread's own file: draws what it is asked for, and hands the pixels over without a copy. */
const renderer = new TrayRenderer((workerData as { seed: number }).seed);
parentPort?.on("message", async ({ scene, frame }: RenderQuestion) => {
  try {
    const picture = await renderer.render(scene, frame);
    parentPort?.postMessage({ picture } satisfies RenderAnswer, [picture.data.buffer as ArrayBuffer]);
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    parentPort?.postMessage({ failure } satisfies RenderAnswer);
  }
});
