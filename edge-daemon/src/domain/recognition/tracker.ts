import type { Box, Sku } from "@tillsight/contracts";
import { intersectionOverUnion } from "@tillsight/models";
import { pairUp } from "./pairing.js";
import type { PlaceView } from "./surface.js";

/** One detection of a settled frame, with what it looks like. */
export interface Sighting {
  readonly box: Box;
  /** Detector's score, 0..1. */
  readonly score: number;
  /** L2-normalised embedding of its crop. */
  readonly vector: Float32Array;
  /** The product that this picture alone clearly shows, if any: a stronger link than the embedding. */
  readonly sku: Sku | null;
}

export interface Track {
  /** Never reused within a run of the daemon. */
  readonly id: string;
  readonly box: Box;
  readonly score: number;
  /** Running mean of its embeddings, of length 1. */
  readonly vector: Float32Array;
  readonly sku: Sku | null;
  /** Settled frames it was seen in. */
  readonly hits: number;
  /** It was seen often enough to be told about. */
  readonly confirmed: boolean;
  readonly occluded: boolean;
  /** The tray has moved since it was last seen: it may lie anywhere. */
  readonly adrift: boolean;
  /** How long, on a settled tray, its place has been bare / covered / showing something else, ms. */
  readonly bareMs: number;
  readonly hiddenMs: number;
  readonly unseenMs: number;
}

export interface TrackerSettings {
  /** Settled frames an item must be seen in before it exists. */
  readonly confirmFrames: number;
  /** Its place looks bare, or another item took it, for this long: it was taken away, ms. */
  readonly goneMs: number;
  /** Covered by other goods for this long: it is not there any more, ms. */
  readonly hiddenMs: number;
  /** Its place shows something, which is not detected, for this long: it is not there any more, ms. */
  readonly unseenMs: number;
  /** Cosine similarity from which two pictures may show the same item after the tray moved. */
  readonly sameItem: number;
}

export interface TrackerState {
  readonly nextId: number;
  readonly tracks: readonly Track[];
  readonly epoch: number;
  readonly at: number;
}

export const freshTracker: TrackerState = { nextId: 1, tracks: [], epoch: -1, at: 0 };

export type TrackEvent = {
  readonly kind: "appeared" | "gone" | "occluded" | "returned";
  readonly id: string;
};

export interface SettledFrame {
  /** Monotonic, ms. */
  readonly at: number;
  /** The gate's count of settled phases: a new one means that goods may have been moved anywhere. */
  readonly epoch: number;
  readonly sightings: readonly Sighting[];
  /** Picture's diagonal, pixels. */
  readonly diagonal: number;
  /** How the place of an item looks that is not among the sightings. */
  view(place: Box, others: readonly Box[]): PlaceView;
}

export interface TrackerStep {
  readonly state: TrackerState;
  /** Track of each sighting, by its index. */
  readonly ids: readonly string[];
  readonly events: readonly TrackEvent[];
}

/** Another item's box that overlaps this much lies in its place rather than on top of a part of it. */
const REPLACED_IOU = 0.5;
/** Less than this share of a place visible: nothing can be said of it. */
const HIDDEN_SHARE = 0.15;
/** More settled time than this between two frames says nothing about what happened meanwhile, ms. */
const LONGEST_STEP = 500;
/** Weight of a new picture in the running mean, once there are enough. */
const MEAN_FRAMES = 10;

function meanVector(track: Track, sighting: Sighting): Float32Array {
  const weight = 1 / Math.min(track.hits + 1, MEAN_FRAMES);
  const mean = new Float32Array(track.vector.length);
  let squares = 0;
  for (let i = 0; i < mean.length; i++) {
    const old = track.vector[i] as number;
    const value = old + weight * ((sighting.vector[i] as number) - old);
    mean[i] = value;
    squares += value * value;
  }
  if (squares === 0) return sighting.vector;
  const length = Math.sqrt(squares);
  for (let i = 0; i < mean.length; i++) mean[i] = (mean[i] as number) / length;
  return mean;
}

function seen(track: Track, sighting: Sighting, settings: TrackerSettings): Track {
  const hits = track.hits + 1;
  return {
    ...track,
    box: sighting.box,
    score: sighting.score,
    // After the tray moved it may lie with another side up: the old mean would hold that back.
    vector: track.adrift ? sighting.vector : meanVector(track, sighting),
    sku: sighting.sku ?? track.sku,
    hits,
    confirmed: track.confirmed || hits >= settings.confirmFrames,
    occluded: false,
    adrift: false,
    bareMs: 0,
    hiddenMs: 0,
    unseenMs: 0,
  };
}

function born(id: string, sighting: Sighting, settings: TrackerSettings): Track {
  const blank: Track = {
    id,
    box: sighting.box,
    score: sighting.score,
    vector: sighting.vector,
    sku: sighting.sku,
    hits: 0,
    confirmed: false,
    occluded: false,
    adrift: true,
    bareMs: 0,
    hiddenMs: 0,
    unseenMs: 0,
  };
  return seen(blank, sighting, settings);
}

/** The track after a settled frame without it, or null when it was taken away. */
function missed(track: Track, frame: SettledFrame, elapsed: number, settings: TrackerSettings): Track | null {
  if (!track.confirmed) return null;
  const others = frame.sightings.map((s) => s.box);
  const view = frame.view(track.box, others);
  const replaced = others.some((b) => intersectionOverUnion(b, track.box) >= REPLACED_IOU);
  const next = { ...track, occluded: true };
  if (replaced || (view.visible >= HIDDEN_SHARE && view.bare >= 0.5)) {
    const bareMs = track.bareMs + elapsed;
    return bareMs >= settings.goneMs ? null : { ...next, bareMs };
  }
  if (view.visible < HIDDEN_SHARE) {
    const hiddenMs = track.hiddenMs + elapsed;
    return hiddenMs >= settings.hiddenMs ? null : { ...next, hiddenMs };
  }
  const unseenMs = track.unseenMs + elapsed;
  return unseenMs >= settings.unseenMs ? null : { ...next, unseenMs };
}

/**
 * Follows the goods through one settled frame. Each sighting gets exactly one track and each track at most one
 * sighting; a new id is never one that was used before.
 */
export function updateTracks(
  state: TrackerState,
  frame: SettledFrame,
  settings: TrackerSettings,
): TrackerStep {
  const moved = frame.epoch !== state.epoch;
  const elapsed = moved ? 0 : Math.min(LONGEST_STEP, Math.max(0, frame.at - state.at));
  const before = moved ? state.tracks.map((t) => ({ ...t, adrift: true })) : state.tracks;
  const pairs = pairUp(before, frame.sightings, frame.diagonal, settings.sameItem);
  const events: TrackEvent[] = [];
  const ids: string[] = new Array(frame.sightings.length).fill("");
  const tracks: Track[] = [];
  before.forEach((track, i) => {
    const index = pairs[i] ?? -1;
    const sighting = frame.sightings[index];
    const after = sighting ? seen(track, sighting, settings) : missed(track, frame, elapsed, settings);
    if (sighting) ids[index] = track.id;
    if (after) tracks.push(after);
    events.push(...changes(track, after));
  });
  let nextId = state.nextId;
  frame.sightings.forEach((sighting, i) => {
    if (ids[i]) return;
    const track = born(`item-${nextId++}`, sighting, settings);
    ids[i] = track.id;
    tracks.push(track);
    if (track.confirmed) events.push({ kind: "appeared", id: track.id });
  });
  return { state: { nextId, tracks, epoch: frame.epoch, at: frame.at }, ids, events };
}

function changes(before: Track, after: Track | null): TrackEvent[] {
  const { id } = before;
  if (!after) return before.confirmed ? [{ kind: "gone", id }] : [];
  if (after.confirmed && !before.confirmed) return [{ kind: "appeared", id }];
  if (after.occluded && !before.occluded) return [{ kind: "occluded", id }];
  if (!after.occluded && before.occluded) return [{ kind: "returned", id }];
  return [];
}
