import type { Box } from "@tillsight/contracts";
import { requirePicture } from "./crop.js";
import { BadInferenceError } from "./errors.js";
import { inTurn } from "./in-turn.js";
import { shapeFor, shapesOf } from "./input-shape.js";
import { fromLetterbox, type Letterbox, Letterboxer } from "./letterbox.js";
import type { DetectorManifest } from "./manifest.js";
import type { Detection, DetectOptions, Detector } from "./networks.js";
import { suppress } from "./nms.js";
import { openNetwork, type SessionSettings } from "./session.js";
import { readModel } from "./store.js";
import { tuningFor } from "./tuning/tune.js";

export interface ModelSettings extends SessionSettings {
  /** With manifests and weights; default: the ones that Tillsight ships. */
  readonly folder?: string | undefined;
  /** Where the folder holds several of a kind. */
  readonly id?: string | undefined;
}

/** Numbers of a row of the output: centre x, centre y, width, height, score. */
const ROW = 5;
/** A box thinner than this many pixels is noise, not a product. */
const MIN_SIDE = 2;

function clip(box: Box, width: number, height: number): Box {
  const x = Math.min(width, Math.max(0, box.x));
  const y = Math.min(height, Math.max(0, box.y));
  return {
    x,
    y,
    w: Math.max(0, Math.min(width, box.x + box.w) - x),
    h: Math.max(0, Math.min(height, box.y + box.h) - y),
  };
}

/**
 * Rows of the network's output as boxes of the picture: those below the score threshold and those without size
 * are dropped, the rest clipped to the picture and freed of doubles, best first. Doubtful ones only where asked for.
 * @param rows N x 5, pixels of the input.
 * @throws BadInferenceError for numbers that are not finite.
 */
export function decodeDetections(
  rows: Float32Array,
  at: Letterbox,
  picture: { width: number; height: number },
  manifest: Pick<DetectorManifest, "id" | "thresholds">,
  options: DetectOptions = {},
): Detection[] {
  const found: Detection[] = [];
  const { score: sure, doubt = sure, nmsIou } = manifest.thresholds;
  const least = options.doubtful ? Math.min(doubt, sure) : sure;
  for (let i = 0; i + ROW <= rows.length; i += ROW) {
    const score = rows[i + 4] as number;
    if (score < least) continue;
    const [cx = 0, cy = 0, w = 0, h = 0] = rows.subarray(i, i + 4);
    if (!Number.isFinite(cx + cy + w + h + score))
      throw new BadInferenceError(manifest.id, "a box is not a number");
    const box = clip(
      fromLetterbox({ x: cx - w / 2, y: cy - h / 2, w, h }, at),
      picture.width,
      picture.height,
    );
    if (box.w < MIN_SIDE || box.h < MIN_SIDE) continue;
    found.push({ box, score: Math.min(1, score), ...(score < sure && { doubtful: true }) });
  }
  return suppress(found, nmsIou);
}

/**
 * Opens the detector of a folder, verified and warmed up.
 * @throws ModelMissingError, InvalidManifestError, CorruptModelError, ModelShapeError, NoProviderError
 */
export async function loadDetector(settings: ModelSettings = {}): Promise<Detector> {
  const model = await readModel("detector", settings.folder, settings.id);
  const tuned = await tuningFor(model, settings);
  const network = await openNetwork(model, { ...settings, threads: tuned.threads });
  const { manifest } = model;
  const boxers = shapesOf(manifest.input).map((shape) => ({
    ...shape,
    boxer: new Letterboxer({ ...manifest.input, ...shape }),
  }));
  const tensor = new Float32Array(Math.max(...boxers.map(({ boxer }) => boxer.length)));
  const turn = inTurn();
  return {
    info: { ...network.info, tuned },
    detect(picture, options) {
      return turn(async () => {
        requirePicture(picture);
        const { boxer, width, height } = shapeFor(picture, boxers);
        const at = boxer.write(picture, tensor, 0);
        const output = await network.run(tensor.subarray(0, boxer.length), [1, 3, height, width]);
        return decodeDetections(output.data as Float32Array, at, picture, manifest, options);
      });
    },
    rawTime: network.rawTime,
    close: network.close,
  };
}
