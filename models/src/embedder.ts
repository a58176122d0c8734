import { runInBatches } from "./batches.js";
import { requirePicture } from "./crop.js";
import type { ModelSettings } from "./detector.js";
import { BadInferenceError } from "./errors.js";
import { inTurn } from "./in-turn.js";
import { Letterboxer } from "./letterbox.js";
import type { Embedder } from "./networks.js";
import { openNetwork } from "./session.js";
import { readModel } from "./store.js";
import { tuningFor } from "./tuning/tune.js";

/** How far a vector that the graph normalised may be from length 1 (float32 sums of some hundred squares). */
const LENGTH_TOLERANCE = 1e-3;

/**
 * Cuts a batch's output into vectors of their own and makes each exactly of length 1.
 * @throws BadInferenceError where a vector is not finite or the graph did not normalise it.
 */
export function splitEmbeddings(
  values: Float32Array,
  count: number,
  size: number,
  id: string,
): Float32Array[] {
  if (values.length !== count * size)
    throw new BadInferenceError(id, `${values.length} numbers for ${count} crops of ${size}`);
  return Array.from({ length: count }, (_, i) => {
    const vector = values.slice(i * size, (i + 1) * size);
    let squares = 0;
    for (const v of vector) squares += v * v;
    const length = Math.sqrt(squares);
    if (!(Math.abs(length - 1) <= LENGTH_TOLERANCE))
      throw new BadInferenceError(id, `a vector has length ${length} instead of 1`);
    for (let k = 0; k < size; k++) vector[k] = (vector[k] as number) / length;
    return vector;
  });
}

/**
 * Opens the embedder of a folder, verified and warmed up.
 * @throws ModelMissingError, InvalidManifestError, CorruptModelError, ModelShapeError, NoProviderError
 */
export async function loadEmbedder(settings: ModelSettings = {}): Promise<Embedder> {
  const model = await readModel("embedder", settings.folder, settings.id);
  const tuned = await tuningFor(model, settings);
  const network = await openNetwork(model, { ...settings, threads: tuned.threads });
  const { manifest } = model;
  const letterboxer = new Letterboxer(manifest.input);
  const { width, height } = manifest.input;
  const turn = inTurn();
  let tensor = new Float32Array(0);
  return {
    info: { ...network.info, tuned },
    size: manifest.embeddingSize,
    thresholds: manifest.thresholds,
    calibration: manifest.decision,
    embed(crops) {
      return turn(async () => {
        if (crops.length === 0) return [];
        const needed = crops.length * letterboxer.length;
        if (tensor.length < needed) tensor = new Float32Array(needed);
        crops.forEach((crop, i) => {
          requirePicture(crop);
          letterboxer.write(crop, tensor, i * letterboxer.length);
        });
        const how = { count: crops.length, batch: tuned.batch, dims: [3, height, width] };
        const values = await runInBatches(network, tensor, how);
        return splitEmbeddings(values, crops.length, manifest.embeddingSize, manifest.id);
      });
    },
    rawTime: network.rawTime,
    close: network.close,
  };
}
