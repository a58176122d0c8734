import type { Embedder } from "@tillsight/models";
import type { Sample } from "./draws.js";
import type { PhotoSet } from "./photos.js";
import { embedShots, type VectorCache } from "./vectors.js";

/** What every part of the benchmark is given. */
export interface BenchContext {
  /** Smaller samples and fewer draws: a look, no figures to publish. */
  readonly quick: boolean;
  readonly cache: VectorCache;
  readonly seed: number;
  readonly signal: AbortSignal;
  say(text: string): void;
}

/** Says how far a long step is, at most every few seconds, with the time that is left. */
export function progress(context: BenchContext, what: string): (done: number, of: number) => void {
  const begun = performance.now();
  let told = begun;
  return (done, of) => {
    const now = performance.now();
    if (now - told < 4_000 && done < of) return;
    told = now;
    const left = Math.ceil(((now - begun) / done) * (of - done)) / 1000;
    context.say(`${what}: ${done} of ${of}${done < of ? `, ${Math.ceil(left)} s left` : ""}`);
  };
}

/** Every photo as the embedder sees it when it fills the crop. */
export async function photoSamples(
  context: BenchContext,
  set: PhotoSet,
  embedder: Embedder,
): Promise<Sample[]> {
  const vectors = await embedShots(
    embedder,
    set.photos.map(({ shot }) => shot),
    context.cache,
    progress(context, `photos through ${embedder.info.id}`),
    context.signal,
  );
  return set.photos.map(({ classId }, i) => ({
    classId,
    vector: vectors[i] ?? new Float32Array(embedder.size),
  }));
}
