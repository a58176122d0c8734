import type { Box } from "@tillsight/contracts";
import { type Detection, intersectionOverUnion, sharedArea } from "@tillsight/models";

/** From this overlap (intersection over union) on, a box has found an item: the usual 0.5 of mAP50. */
const FOUND = 0.5;
/** A box that holds this share of each of two items has taken them for one. */
const HELD = 0.6;

/** Each detection's item, best score first; an item is found once. -1: of no item. */
export function assign(detections: readonly Detection[], truths: readonly Box[]): number[] {
  const free = new Set(truths.keys());
  const order = [...detections.keys()].sort(
    (a, b) => (detections[b]?.score ?? 0) - (detections[a]?.score ?? 0),
  );
  const found = detections.map(() => -1);
  for (const d of order) {
    const box = detections[d]?.box;
    let best = -1;
    let most = FOUND;
    for (const t of free) {
      const iou = box ? intersectionOverUnion(box, truths[t] as Box) : 0;
      if (iou >= most) [best, most] = [t, iou];
    }
    found[d] = best;
    free.delete(best);
  }
  return found;
}

/** Items that lie in a box together with another one. */
export function mergedItems(detections: readonly Detection[], truths: readonly Box[]): Set<number> {
  const merged = new Set<number>();
  for (const { box } of detections) {
    const inside = truths.flatMap((t, i) => (sharedArea(box, t) >= HELD * t.w * t.h ? [i] : []));
    if (inside.length > 1) for (const i of inside) merged.add(i);
  }
  return merged;
}

/** Detections of many pictures with what is true in each. */
export interface DetectionSample {
  readonly detections: readonly Detection[];
  readonly truths: readonly Box[];
}

/**
 * Average precision (0..1) at an overlap of 0.5, the area under the precision envelope over all recalls (as COCO
 * and Pascal VOC 2010 and later take it); of one class, so it is mAP50 too.
 */
export function averagePrecision(samples: readonly DetectionSample[]): number {
  const marks = samples.flatMap(({ detections, truths }) => {
    const found = assign(detections, truths);
    return detections.map(({ score }, i) => ({ score, hit: (found[i] ?? -1) >= 0 }));
  });
  marks.sort((a, b) => b.score - a.score);
  const total = samples.reduce((sum, { truths }) => sum + truths.length, 0);
  const curve: { recall: number; precision: number }[] = [];
  let hits = 0;
  for (const [i, { hit }] of marks.entries()) {
    if (hit) hits++;
    curve.push({ recall: hits / total, precision: hits / (i + 1) });
  }
  let [area, precision, right] = [0, 0, 0];
  for (const point of curve.reverse()) {
    if (right === 0) right = point.recall;
    area += (right - point.recall) * precision;
    precision = Math.max(precision, point.precision);
    right = point.recall;
  }
  return area + right * precision;
}
