import { intersectionOverUnion } from "@tillsight/models";
import { assign } from "./assignment.js";
import type { Sighting, Track } from "./tracker.js";

/** On a still tray an item stays where it is: overlap from which two boxes may be the same item. */
const STILL_IOU = 0.2;
/** After movement an item that lies where it lay needs this much less likeness than one that lies elsewhere. */
const SAME_PLACE_BONUS = 0.2;
const SAME_PLACE_IOU = 0.5;

/** Cosine of two vectors of length 1. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/**
 * How alike two pictures are, -1..1. Where both clearly show a product, that decides: the same product from
 * another side may embed far away, and two products that look alike are still two.
 */
function likeness(track: Track, sighting: Sighting): number {
  const similarity = cosine(track.vector, sighting.vector);
  if (track.sku === null || sighting.sku === null) return similarity;
  return track.sku === sighting.sku ? Math.max(similarity, 0.95) : Math.min(similarity, 0);
}

/** Distance of the middles as a share of the diagonal. */
function distance(track: Track, sighting: Sighting, diagonal: number): number {
  const a = track.box;
  const b = sighting.box;
  return Math.hypot(a.x + a.w / 2 - b.x - b.w / 2, a.y + a.h / 2 - b.y - b.h / 2) / diagonal;
}

/** Cost of saying that a sighting is this track; infinite where it cannot be. */
function cost(track: Track, sighting: Sighting, diagonal: number, sameItem: number): number {
  const iou = intersectionOverUnion(track.box, sighting.box);
  const far = distance(track, sighting, diagonal);
  if (track.adrift) {
    const alike = likeness(track, sighting);
    const needed = iou >= SAME_PLACE_IOU ? sameItem - SAME_PLACE_BONUS : sameItem;
    return alike >= needed ? 1 - alike + 0.25 * far + 0.25 * (1 - iou) : Number.POSITIVE_INFINITY;
  }
  const near = far * diagonal < 0.5 * Math.min(track.box.w, track.box.h);
  if (iou < STILL_IOU && !near) return Number.POSITIVE_INFINITY;
  return 1 - iou + 0.3 * (1 - likeness(track, sighting));
}

/** For each track the index of its sighting, or -1. */
export function pairUp(
  tracks: readonly Track[],
  sightings: readonly Sighting[],
  diagonal: number,
  sameItem: number,
): number[] {
  return assign(tracks.map((t) => sightings.map((s) => cost(t, s, diagonal, sameItem))));
}
