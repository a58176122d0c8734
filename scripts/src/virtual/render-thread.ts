import { Worker } from "node:worker_threads";
import { InvariantError, StoppedError } from "@tillsight/contracts";
import type { Picture } from "@tillsight/models";
import type { Scene } from "./scene.js";

export interface RenderQuestion {
  readonly scene: Scene;
  readonly frame: number;
}
export type RenderAnswer = { readonly picture: Picture } | { readonly failure: Error };

/** Running from the sources, the thread is the built one. */
const compiled = import.meta.url.replace(/\/src\/(.*)\.ts$/, "/dist/$1.js");

/**
 * A renderer in a thread of its own: a real camera takes nothing from the lane's event loop, so neither may the one
 * that is drawn.
 */
export class RenderThread {
  readonly #worker: Worker;
  #waiting: { resolve(picture: Picture): void; reject(error: unknown): void } | null = null;
  #ended: unknown = null;

  constructor(seed: number) {
    this.#worker = new Worker(new URL("./render-worker.js", compiled), { workerData: { seed } });
    this.#worker.on("message", (answer: RenderAnswer) => {
      const waiting = this.#waiting;
      this.#waiting = null;
      if ("failure" in answer) waiting?.reject(answer.failure);
      else waiting?.resolve(answer.picture);
    });
    this.#worker.on("error", (error) => this.#end(error));
    this.#worker.on("exit", () => this.#end(new StoppedError("the drawing of the virtual tray")));
  }

  /**
   * As `TrayRenderer.render`; one picture at a time.
   * @throws the renderer's error; StoppedError once the thread has ended
   */
  render(scene: Scene, frame: number): Promise<Picture> {
    if (this.#ended) return Promise.reject(this.#ended);
    if (this.#waiting) return Promise.reject(new InvariantError("two pictures are drawn at once"));
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#worker.postMessage({ scene, frame } satisfies RenderQuestion);
    });
  }

  /** Idempotent; a picture that is being drawn is given up. */
  async close(): Promise<void> {
    if (this.#ended) return;
    await this.#worker.terminate();
  }

  #end(error: unknown): void {
    this.#ended ??= error;
    this.#waiting?.reject(this.#ended);
    this.#waiting = null;
  }
}
