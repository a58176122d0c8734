import type { Box } from "@tillsight/contracts";
import { runInBatches } from "./batches.js";
import { crop, requirePicture } from "./crop.js";
import type { ModelSettings } from "./detector.js";
import { BadInferenceError, ModelMissingError } from "./errors.js";
import { inTurn } from "./in-turn.js";
import { Letterboxer } from "./letterbox.js";
import { lookKinds, type PrintManifest } from "./manifest.js";
import type { PrintJudge, PrintLook } from "./networks.js";
import type { Picture } from "./picture.js";
import { openNetwork } from "./session.js";
import { readModel } from "./store.js";
import { tuningFor } from "./tuning/tune.js";

/** A crop this many times the input's side is looked at twice: dots of ink vanish when it is shrunk. */
const CLOSER_FROM = 1.5;

/**
 * What the network looks at of one item: the whole with what surrounds it and, of a large one, the camera's own
 * pixels in its middle.
 */
export function viewsOf(picture: Picture, box: Box, side: number, margin: number): Picture[] {
  const whole = crop(picture, box, margin);
  if (Math.max(whole.width, whole.height) < CLOSER_FROM * side) return [whole];
  const w = Math.min(side, box.w);
  const h = Math.min(side, box.h);
  const middle = { x: box.x + (box.w - w) / 2, y: box.y + (box.h - h) / 2, w, h };
  return [whole, crop(picture, middle, 0)];
}

const logSum = (values: readonly number[]): number => {
  const most = Math.max(...values);
  return most + Math.log(values.reduce((sum, v) => sum + Math.exp(v - most), 0));
};

/** The probability that log-odds stand for, 0..1. */
export const likelihoodOf = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));

/**
 * One item's look from the logits of its views, which weigh the same.
 * @param logits one row of `lookKinds` for each view.
 * @throws BadInferenceError for numbers that are not finite.
 */
export function lookFrom(
  logits: readonly (readonly number[])[],
  { id, calibration }: Pick<PrintManifest, "id" | "calibration">,
): PrintLook {
  const mean = lookKinds.map((_, k) => logits.reduce((sum, row) => sum + (row[k] ?? 0), 0) / logits.length);
  const [real = 0, ...pictures] = mean;
  const all = logSum(pictures);
  const logOdds = calibration.scale * (all - real) + calibration.shift;
  if (!Number.isFinite(logOdds)) throw new BadInferenceError(id, "a likelihood is not a number");
  const [print = 0, screen = 0, label = 0] = pictures.map((v) => Math.exp(v - all));
  return { logOdds, kinds: { print, screen, label } };
}

/**
 * Opens the network that tells goods from pictures of them, verified and warmed up. A folder need not have one.
 * @throws ModelMissingError, InvalidManifestError, CorruptModelError, ModelShapeError, NoProviderError
 */
export async function loadPrintJudge(settings: ModelSettings = {}): Promise<PrintJudge> {
  const model = await readModel("print", settings.folder, settings.id);
  const tuned = await tuningFor(model, settings);
  const network = await openNetwork(model, { ...settings, threads: tuned.threads });
  const { manifest } = model;
  const { width, height } = manifest.input;
  const letterboxer = new Letterboxer(manifest.input);
  const turn = inTurn();
  let tensor = new Float32Array(0);
  return {
    info: { ...network.info, tuned },
    notice: manifest.thresholds.notice,
    judge(picture, boxes) {
      return turn(async () => {
        if (boxes.length === 0) return [];
        requirePicture(picture);
        const views = boxes.map((box) => viewsOf(picture, box, width, manifest.margin));
        const all = views.flat();
        const needed = all.length * letterboxer.length;
        if (tensor.length < needed) tensor = new Float32Array(needed);
        for (const [i, view] of all.entries()) letterboxer.write(view, tensor, i * letterboxer.length);
        const how = { count: all.length, batch: tuned.batch, dims: [3, height, width] };
        const rows = rowsOf(await runInBatches(network, tensor, how));
        let at = 0;
        return views.map(({ length }) => {
          at += length;
          return lookFrom(rows.slice(at - length, at), manifest);
        });
      });
    },
    rawTime: network.rawTime,
    close: network.close,
  };
}

/**
 * The same, or null where the folder has no such network: what is there and damaged is an error all the same.
 * @throws InvalidManifestError, CorruptModelError, ModelShapeError, NoProviderError
 */
export async function findPrintJudge(settings: ModelSettings = {}): Promise<PrintJudge | null> {
  try {
    return await loadPrintJudge(settings);
  } catch (error) {
    if (error instanceof ModelMissingError) return null;
    throw error;
  }
}

function rowsOf(values: Float32Array): number[][] {
  const { length } = lookKinds;
  return Array.from({ length: values.length / length }, (_, i) => [
    ...values.subarray(i * length, (i + 1) * length),
  ]);
}
