import type { Box, Decision, DecisionReason, Gtin, Sku } from "@tillsight/contracts";
import {
  crop,
  type Detection,
  type Detector,
  type Embedder,
  mainSubject,
  type Picture,
} from "@tillsight/models";
import { type BarcodeSeen, decide } from "../domain/recognition/decide.js";
import { explain } from "../domain/recognition/explain.js";
import { type Evidence, noEvidence } from "../domain/recognition/votes.js";
import type { CatalogReader, Neighbour } from "../ports/catalog.js";
import type { BarcodeReader } from "./barcodes.js";
import { look, type ReaderDeps } from "./look.js";
import { decisionRule, nearReferences, withFrame } from "./matching.js";
import type { RecogniserSettings } from "./recogniser.js";
import { trayGrid } from "./tray-grid.js";
import { TrayReader } from "./tray-reader.js";

export interface AnalysedItem extends Judgement {
  readonly detection: Detection;
  readonly vector: Float32Array;
  readonly barcodes: readonly BarcodeSeen[];
}

function seen(gtin: Gtin, catalog: CatalogReader): BarcodeSeen {
  const sku: Sku | null = catalog.productByBarcode(gtin)?.sku ?? null;
  return { gtin, sku };
}

/** What the catalog makes of one item: evidence of one picture and the decision that rests on it. */
export interface Judgement {
  readonly evidence: Evidence;
  readonly decision: Decision;
  readonly why: DecisionReason;
}

type JudgeDeps = Pick<ReaderDeps, "catalog" | "prices"> & {
  readonly embedder: Pick<Embedder, "thresholds" | "calibration">;
};

/** An item by one embedding of it (L2-normalised, of the catalog's embedder), exactly as `analysePicture` does. */
export function analyseVector(vector: Float32Array, deps: JudgeDeps): Judgement {
  return judge(nearReferences(vector, deps.catalog), [], deps);
}

function judge(near: readonly Neighbour[], barcodes: readonly BarcodeSeen[], deps: JudgeDeps): Judgement {
  const evidence = withFrame(noEvidence, near, deps);
  const rule = decisionRule(deps);
  const decision = decide(evidence, barcodes, rule);
  return { evidence, decision, why: explain(evidence, decision, rule) };
}

/**
 * What one picture says on its own: detections, best first, each decided from this picture alone. The same
 * picture, models and catalog give the same answer.
 */
export async function analysePicture(
  picture: Picture,
  deps: ReaderDeps & { readonly barcodes?: BarcodeReader | undefined },
): Promise<AnalysedItem[]> {
  const items: AnalysedItem[] = [];
  for (const { box, score, vector, near } of await look(picture, deps)) {
    const gtins = deps.barcodes ? await deps.barcodes.read(crop(picture, box, 0.12)) : [];
    const barcodes = gtins.map((g) => seen(g, deps.catalog));
    items.push({ detection: { box, score }, vector, barcodes, ...judge(near, barcodes, deps) });
  }
  return items;
}

/** What the lane holds of one item of a still tray. */
export type HeldItem = Pick<AnalysedItem, "detection" | "evidence" | "decision">;

/** Time between two pictures of a usual camera, ms. */
const FRAME_MS = 100;

/**
 * What the lane makes of a tray that lies still, by pictures alone: it has seen the tray bare, then sees `pictures`
 * of it one after the other. The same tracks, memory and decisions as in the running loop, without its clock.
 */
export async function analyseTray(
  bare: Picture,
  pictures: readonly Picture[],
  deps: ReaderDeps,
  settings: Pick<RecogniserSettings, "tracker" | "idleMs">,
): Promise<HeldItem[]> {
  const reader = new TrayReader(deps, settings.tracker, settings.idleMs);
  for (const [i, picture] of [bare, ...pictures].entries()) {
    const at = i * FRAME_MS;
    const moved = i === 0 ? { epoch: 0, stillSince: 0 } : { epoch: 1, stillSince: FRAME_MS };
    const frame = { picture, grid: trayGrid(picture), at, ...moved, grams: null };
    reader.take(frame, await reader.look(frame));
  }
  return reader.held().map(({ item: { box, detection, decision }, evidence }) => ({
    ...{ detection: { box, score: detection }, evidence, decision },
  }));
}

export interface EnrolmentView {
  /** L2-normalised, of the embedder that was given. */
  readonly vector: Float32Array;
  /** What was cut out, pixels of the photo; null when nothing was detected and the whole photo was taken. */
  readonly box: Box | null;
  readonly crop: Picture;
}

/** A photo of one product as a reference: its main subject cut out exactly as the lane cuts items out. */
export async function embedForEnrolment(
  picture: Picture,
  deps: { readonly detector: Detector; readonly embedder: Embedder },
): Promise<EnrolmentView> {
  const subject = mainSubject(picture, await deps.detector.detect(picture, { doubtful: true }));
  const cut = subject ? crop(picture, subject.box) : picture;
  const [vector] = await deps.embedder.embed([cut]);
  return { vector: vector ?? new Float32Array(deps.embedder.size), box: subject?.box ?? null, crop: cut };
}
