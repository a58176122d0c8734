import { availableParallelism } from "node:os";
import type { Provider } from "../networks.js";
import { openNetwork } from "../session.js";
import type { AnyModel } from "../store.js";
import type { Timing } from "./choose.js";

export interface MeasureOptions {
  readonly providers?: readonly Provider[];
  /** Fixed, instead of trying several. */
  readonly threads?: number | undefined;
  readonly batch?: number | undefined;
  /** Time after which no further candidate is tried, ms. Default 2500. */
  readonly budgetMs?: number;
  readonly signal?: AbortSignal;
}

const BATCHES = [1, 2, 4, 8, 16] as const;
const REPEATS = 3;
const BUDGET_MS = 2_500;
/** More threads than this have nothing to do in networks of this size. */
const MOST_THREADS = 8;

/** 1, 2, 4 … up to the cores that there are. */
export function threadCandidates(cores = availableParallelism()): number[] {
  return [1, 2, 4, 8].filter((n) => n <= Math.min(cores, MOST_THREADS));
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.POSITIVE_INFINITY;

/**
 * Times a network on this machine. What pixels show does not matter to its time. Every number of threads is tried at
 * least once, larger batches as long as there is time.
 * @throws NoProviderError, CorruptModelError, ModelShapeError; the signal's reason
 */
export async function measureTimings(model: AnyModel, options: MeasureOptions = {}): Promise<Timing[]> {
  const { width, height } = model.manifest.input;
  const batches = model.manifest.kind === "detector" ? [1] : options.batch ? [options.batch] : BATCHES;
  const threadCounts = options.threads ? [options.threads] : threadCandidates();
  const until = performance.now() + (options.budgetMs ?? BUDGET_MS);
  const share = (options.budgetMs ?? BUDGET_MS) / threadCounts.length;
  const timings: Timing[] = [];
  for (const threads of threadCounts) {
    options.signal?.throwIfAborted();
    const begin = performance.now();
    const network = await openNetwork(model, { ...options, threads });
    try {
      for (const batch of batches) {
        const now = performance.now();
        if (batch !== batches[0] && (now > until || now - begin > share)) break;
        const data = new Float32Array(batch * 3 * width * height).fill(0.5);
        const spent: number[] = [];
        for (let i = 0; i < REPEATS; i++) {
          options.signal?.throwIfAborted();
          const started = performance.now();
          await network.run(data, [batch, 3, height, width]);
          spent.push(performance.now() - started);
        }
        timings.push({ threads, batch, msEach: median(spent) / batch });
      }
    } finally {
      await network.close();
    }
  }
  return timings;
}
