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
