import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { ModelSettings } from "@tillsight/models";
import { PhotoReaderError, PhotoRefusedError } from "../errors.js";
import type { Failure } from "./queue/job.js";
import type { PhotoReader, PhotoReading } from "./reading.js";

export interface ThreadQuestion {
  readonly id: number;
  readonly bytes: Uint8Array;
}
export interface ThreadAnswer {
  readonly id: number;
  readonly reading?: PhotoReading;
  readonly failure?: Failure;
}
export interface ThreadReady {
  readonly embedderId: string;
  readonly match: number;
}

interface Waiting {
  readonly resolve: (reading: PhotoReading) => void;
  readonly reject: (error: Error) => void;
}

/** A picture takes a fraction of a second; whatever takes this long never ends. */
const patienceMs = 60_000;

/**
 * A reader in a thread of its own: ONNX Runtime works within one turn of the event loop, and HTTP must not wait for
 * it. A thread that ends or hangs is replaced at the next picture.
 */
export class ThreadedReader implements PhotoReader {
  readonly embedderId: string;
  /** The embedder's threshold of a match. */
  readonly match: number;
  readonly #open: () => Promise<{ worker: Worker; ready: ThreadReady }>;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Promise<Worker> | undefined;
  #closed = false;
  #asked = 0;

  private constructor(open: () => Promise<{ worker: Worker; ready: ThreadReady }>, ready: ThreadReady) {
    this.#open = open;
    this.embedderId = ready.embedderId;
    this.match = ready.match;
  }

  /** @throws PhotoReaderError when the networks cannot be opened; its cause says why */
  static async open(settings: ModelSettings, file?: URL): Promise<ThreadedReader> {
    const open = () => openThread(settings, file ?? new URL("./photo-thread.js", import.meta.url));
    const { worker, ready } = await open();
    const reader = new ThreadedReader(open, ready);
    reader.#worker = Promise.resolve(reader.#watch(worker));
    return reader;
  }

  async read(bytes: Uint8Array): Promise<PhotoReading> {
    if (this.#closed) throw new PhotoReaderError("the reader is closed");
    this.#worker ??= this.#open().then(({ worker }) => this.#watch(worker));
    const worker = await this.#worker.catch((error: unknown) => {
      this.#worker = undefined;
      throw error;
    });
    const id = ++this.#asked;
    const answer = new Promise<PhotoReading>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    const timer = setTimeout(() => void worker.terminate(), patienceMs);
    worker.postMessage({ id, bytes } satisfies ThreadQuestion);
    return answer.finally(() => {
      clearTimeout(timer);
      this.#waiting.delete(id);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await (await this.#worker?.catch(() => undefined))?.terminate();
  }

  #watch(worker: Worker): Worker {
    worker.on("message", ({ id, reading, failure }: ThreadAnswer) => {
      const waiting = this.#waiting.get(id);
      if (reading) waiting?.resolve(reading);
      else if (failure) waiting?.reject(asError(failure));
    });
    let over = false;
    // After an error comes the exit as well; by then there may be another thread.
    const end = (cause?: unknown) => {
      if (over) return;
      over = true;
      this.#worker = undefined;
      for (const { reject } of this.#waiting.values())
        reject(new PhotoReaderError("the thread that looks at pictures ended", { cause }));
    };
    worker.on("error", end);
    worker.on("exit", () => end());
    return worker;
  }
}

const asError = ({ code, message, fix }: Failure): Error =>
  code === "PHOTO_REFUSED"
    ? new PhotoRefusedError(message, fix)
    : new PhotoReaderError(`${code}: ${message}`);

async function openThread(
  settings: ModelSettings,
  file: URL,
): Promise<{ worker: Worker; ready: ThreadReady }> {
  const worker = new Worker(file, { workerData: settings });
  const ended = once(worker, "exit").then(() => {
    throw new PhotoReaderError("the thread that looks at pictures ended before it was ready");
  });
  const [ready] = (await Promise.race([once(worker, "message"), ended]).catch((cause: unknown) => {
    throw cause instanceof PhotoReaderError
      ? cause
      : new PhotoReaderError(
          `the networks cannot be opened: ${cause instanceof Error ? cause.message : cause}`,
          {
            cause,
          },
        );
  })) as [ThreadReady];
  ended.catch(() => {});
  return { worker, ready };
}
