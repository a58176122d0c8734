import type { Box, Sku } from "@tillsight/contracts";
import {
  crop,
  type Detection,
  type Detector,
  type Embedder,
  type Picture,
  type PrintJudge,
  type PrintLook,
} from "@tillsight/models";
import { decideByPicture } from "../domain/recognition/decide.js";
import type { Prices } from "../domain/recognition/prices.js";
import type { Sighting } from "../domain/recognition/tracker.js";
import { noEvidence } from "../domain/recognition/votes.js";
import type { CatalogReader, Neighbour } from "../ports/catalog.js";
import type { Scale } from "../ports/scale.js";
import type { Glimpse } from "./glimpse.js";
import { joinParts } from "./join-parts.js";
import { decisionRule, nearReferences, withFrame } from "./matching.js";

/** Names of the stages whose time is reported, ms each. */
export type Stage =
  | "gate"
  | "detect"
  | "crop"
  | "embed"
  | "match"
  | "picture"
  | "track"
  | "frame"
  | "barcode";

export interface ReaderDeps {
  readonly detector: Detector;
  readonly embedder: Embedder;
  readonly catalog: CatalogReader;
  /** What mistakes cost; left out, the settings' defaults. */
  readonly prices?: Prices | undefined;
  /** Left out, pictures of goods are taken for goods. */
  readonly pictures?: PictureCheck | undefined;
  /** Under the tray; left out, items are not weighed. */
  readonly scale?: Pick<Scale, "grams" | "deviation"> | undefined;
  readonly stage?: ((stage: Stage, ms: number) => void) | undefined;
}

/** Tells goods from pictures of them; `notice`: the probability from which people are told. */
export interface PictureCheck {
  readonly judge: Pick<PrintJudge, "judge">;
  readonly notice: number;
}

/** What one picture says of one item. */
export interface ItemLook extends Sighting {
  readonly near: readonly Neighbour[];
  /** Null where nobody looks for pictures of goods, or nothing is new. */
  readonly look: PrintLook | null;
  /** False: the item was found again, and what is said of it was seen in an earlier frame. */
  readonly fresh: boolean;
}

/** What earlier frames of the same tray are good for. */
export interface Past {
  /** Which detections count, doubtful ones among them. */
  founded(found: readonly Detection[]): readonly Detection[];
  /** What was lately seen in a box where another look would hardly tell more. */
  recall(box: Box): Glimpse | undefined;
  keep(glimpses: readonly Glimpse[]): void;
}

export function timed<T>(deps: ReaderDeps, stage: Stage, task: () => T): T {
  const begin = performance.now();
  const result = task();
  deps.stage?.(stage, performance.now() - begin);
  return result;
}

async function timedAsync<T>(deps: ReaderDeps, stage: Stage, task: () => Promise<T>): Promise<T> {
  const begin = performance.now();
  const result = await task();
  deps.stage?.(stage, performance.now() - begin);
  return result;
}

/** The product that one picture clearly shows, if any. */
function clearSku(near: readonly Neighbour[], deps: ReaderDeps): Sku | null {
  const decision = decideByPicture(withFrame(noEvidence, near, deps), decisionRule(deps));
  return decision.kind === "matched" ? decision.sku : null;
}

/** Embeds what is in the boxes, in one call, and asks the catalog; where the past answers, it does. */
async function glimpses(
  picture: Picture,
  goods: readonly Detection[],
  deps: ReaderDeps,
  past: Past | undefined,
): Promise<Glimpse[]> {
  const known = goods.map((d) => past?.recall(d.box));
  const unknown = goods.filter((_, i) => !known[i]);
  const crops = timed(deps, "crop", () => unknown.map((d) => crop(picture, d.box)));
  const vectors = await timedAsync(deps, "embed", () => deps.embedder.embed(crops));
  const fresh = timed(deps, "match", () =>
    unknown.map((detection, i) => nameOf(detection, vectors[i], deps)),
  );
  past?.keep(fresh);
  const next = fresh.values();
  return goods.map((detection, i) => {
    const old = known[i];
    return old ? { ...old, detection } : (next.next().value as Glimpse);
  });
}

/**
 * Detector, crops, batched embedder calls and the nearest references: all that a picture says, detections best
 * first. Without a past, doubtful detections do not count and everything is looked at.
 */
export async function look(picture: Picture, deps: ReaderDeps, past?: Past): Promise<ItemLook[]> {
  const found = await timedAsync(deps, "detect", () =>
    deps.detector.detect(picture, { doubtful: past !== undefined }),
  );
  const glimpse = (goods: readonly Detection[]) => glimpses(picture, goods, deps, past);
  const seen = await joinParts(await glimpse(past ? past.founded(found) : found), glimpse);
  const fresh = seen.filter((s) => s.fresh).map((s) => s.detection.box);
  const { pictures } = deps;
  const looks = pictures ? await timedAsync(deps, "picture", () => pictures.judge.judge(picture, fresh)) : [];
  const next = looks.values();
  return seen.map(({ detection: { box, score }, vector, sku, near, fresh }) => {
    const look = fresh ? (next.next().value ?? null) : null;
    return { box, score, vector, sku, near, fresh, look };
  });
}

function nameOf(detection: Detection, embedded: Float32Array | undefined, deps: ReaderDeps): Glimpse {
  const vector = embedded ?? new Float32Array(deps.embedder.size);
  const near = nearReferences(vector, deps.catalog);
  return { detection, vector, near, sku: clearSku(near, deps), fresh: true };
}
