import type { Box } from "@tillsight/contracts";
import type { Detection } from "./networks.js";

/** Area that two boxes share, over the area that they cover together: 0..1; 0 for boxes without area. */
export function intersectionOverUnion(a: Box, b: Box): number {
  const shared = sharedArea(a, b);
  const union = a.w * a.h + b.w * b.h - shared;
  return union > 0 ? shared / union : 0;
}

/** Square pixels that two boxes share. */
export function sharedArea(a: Box, b: Box): number {
  const w = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  return w > 0 && h > 0 ? w * h : 0;
}

/**
 * Greedy non-maximum suppression of one class: best first, each box that overlaps a better one by more than
 * `maxIou` (0..1) is dropped. Equal scores keep their order.
 */
export function suppress(detections: readonly Detection[], maxIou: number): Detection[] {
  const kept: Detection[] = [];
  for (const candidate of [...detections].sort((a, b) => b.score - a.score)) {
    if (kept.every((k) => intersectionOverUnion(k.box, candidate.box) <= maxIou)) kept.push(candidate);
  }
  return kept;
}
