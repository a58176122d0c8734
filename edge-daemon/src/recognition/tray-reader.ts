import type { Box, Gtin, Sku, TrayItem } from "@tillsight/contracts";
import { crop, type Detection, type Detector, type Embedder, type Picture } from "@tillsight/models";
import { type DecisionRule, decideByPicture } from "../domain/recognition/decide.js";
import {
  fadeItem,
  forgetItem,
  freshItem,
  type ItemState,
  isSteady,
  stepItem,
  trayItem,
  withBarcode,
} from "../domain/recognition/items.js";
import type { Prices } from "../domain/recognition/prices.js";
import { learnSurface, type Surface, viewPlace } from "../domain/recognition/surface.js";
import type { ItemTrace } from "../domain/recognition/trace.js";
import {
  freshTracker,
  type Sighting,
  type TrackEvent,
  type TrackerSettings,
  updateTracks,
} from "../domain/recognition/tracker.js";
import type { TrayGrid } from "../domain/recognition/tray-grid.js";
import { addFrame, type Evidence, noEvidence } from "../domain/recognition/votes.js";
import type { CatalogReader, Neighbour } from "../ports/catalog.js";

/** Names of the stages whose time is reported, ms each. */
export type Stage = "gate" | "detect" | "crop" | "embed" | "match" | "track" | "frame" | "barcode";

export interface ReaderDeps {
  readonly detector: Detector;
  readonly embedder: Embedder;
  readonly catalog: CatalogReader;
  /** What mistakes cost; left out, the settings' defaults. */
  readonly prices?: Prices | undefined;
  readonly stage?: ((stage: Stage, ms: number) => void) | undefined;
}

/** References asked for each item, and how many when those are all of a few products with many references. */
const NEAREST = 16;
const NEAREST_OF_MANY = 64;
/** Products that are compared: as many as are ever shown, and the one behind them. */
const PRODUCTS = 5;

/** Some references of each look-alike, so that the margin between them is seen. */
export function nearReferences(vector: Float32Array, catalog: CatalogReader): Neighbour[] {
  const near = catalog.nearest(vector, NEAREST);
  const products = new Set(near.map(({ sku }) => sku)).size;
  if (near.length < NEAREST || products >= PRODUCTS) return near;
  return catalog.nearest(vector, NEAREST_OF_MANY);
}

/** What these dependencies decide by. */
export function decisionRule(deps: {
  readonly embedder: Pick<Embedder, "thresholds" | "calibration">;
  readonly prices?: Prices | undefined;
}): DecisionRule {
  const { thresholds, calibration } = deps.embedder;
  return { ...thresholds, calibration, prices: deps.prices };
}

/** One frame more of an item. Without a calibration nobody asks what its products' references say. */
export function withFrame(
  evidence: Evidence,
  near: readonly Neighbour[],
  deps: { readonly catalog: CatalogReader; readonly embedder: Pick<Embedder, "calibration"> },
): Evidence {
  if (!deps.embedder.calibration) return addFrame(evidence, near);
  return addFrame(evidence, near, (sku) => deps.catalog.surroundings(sku));
}

/** A settled picture as far as it needs networks and index. */
interface Look {
  readonly sightings: readonly Sighting[];
  readonly near: readonly (readonly Neighbour[])[];
}

function timed<T>(deps: ReaderDeps, stage: Stage, task: () => T): T {
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

/** Detector, crops, one batched embedder call and the nearest references: everything about a picture but its past. */
export async function look(
  picture: Picture,
  deps: ReaderDeps,
): Promise<Look & { detections: readonly Detection[] }> {
  const detections = await timedAsync(deps, "detect", () => deps.detector.detect(picture));
  const crops = timed(deps, "crop", () => detections.map((d) => crop(picture, d.box)));
  const vectors = await timedAsync(deps, "embed", () => deps.embedder.embed(crops));
  const near = timed(deps, "match", () => vectors.map((v) => nearReferences(v, deps.catalog)));
  const sightings = detections.map((d, i) => ({
    box: d.box,
    score: d.score,
    vector: vectors[i] ?? new Float32Array(deps.embedder.size),
    sku: clearSku(near[i] ?? [], deps),
  }));
  return { detections, sightings, near };
}

/** One settled frame as the reader is told about it. */
export interface SettledPicture {
  readonly picture: Picture;
  readonly grid: TrayGrid;
  /** Monotonic, ms. */
  readonly at: number;
  /** The gate's count of settled phases. */
  readonly epoch: number;
}

export interface Reading {
  readonly events: readonly TrackEvent[];
  /** Items whose answer has changed, with the reason. */
  readonly changed: readonly ItemTrace[];
}

/** The goods on one tray: what lies there, followed and named from settled frame to settled frame. */
export class TrayReader {
  readonly #deps: ReaderDeps;
  readonly #settings: TrackerSettings;
  #tracker = freshTracker;
  #items = new Map<string, ItemState>();
  readonly #rule: DecisionRule;
  #surface: Surface | null = null;

  constructor(deps: ReaderDeps, settings: TrackerSettings) {
    this.#deps = deps;
    this.#rule = decisionRule(deps);
    this.#settings = settings;
  }

  async read(frame: SettledPicture): Promise<Reading> {
    const seen = await look(frame.picture, this.#deps);
    return timed(this.#deps, "track", () => this.#update(frame, seen));
  }

  #update({ picture, grid, at, epoch }: SettledPicture, seen: Look): Reading {
    const moved = epoch !== this.#tracker.epoch;
    const surface = this.#surface;
    const step = updateTracks(
      this.#tracker,
      {
        at,
        epoch,
        sightings: seen.sightings,
        diagonal: Math.hypot(picture.width, picture.height),
        view: (place, others) => viewPlace(surface, grid, place, others, picture),
      },
      this.#settings,
    );
    this.#tracker = step.state;
    this.#surface = learnSurface(
      surface,
      grid,
      step.state.tracks.map((t) => t.box),
      picture,
    );
    const near = new Map(step.ids.map((id, i) => [id, seen.near[i] ?? []]));
    return { events: step.events, changed: this.#judge(near, moved) };
  }

  #judge(near: ReadonlyMap<string, readonly Neighbour[]>, moved: boolean): ItemTrace[] {
    const items = new Map<string, ItemState>();
    const changed: ItemTrace[] = [];
    for (const track of this.#tracker.tracks) {
      const known = this.#items.get(track.id) ?? freshItem;
      const before = moved ? fadeItem(known) : known;
      const seen = near.get(track.id);
      const evidence = seen ? withFrame(before.evidence, seen, this.#deps) : before.evidence;
      const step = stepItem(before, track, evidence, this.#skuOf, this.#rule);
      items.set(track.id, step.state);
      if (step.changed && step.trace) changed.push(step.trace);
    }
    this.#items = items;
    return changed;
  }

  readonly #skuOf = (gtin: Gtin): Sku | null => this.#deps.catalog.productByBarcode(gtin)?.sku ?? null;

  /** Notes a barcode that was read on an item; counts with the next settled frame. */
  addBarcode(id: string, gtin: Gtin): void {
    const state = this.#items.get(id);
    if (state) this.#items.set(id, withBarcode(state, gtin));
  }

  /** What the catalog said so far may no longer hold: only new frames count. */
  catalogChanged(): void {
    for (const [id, state] of this.#items) this.#items.set(id, forgetItem(state));
  }

  /** Items as kiosk and basket see them. */
  items(): TrayItem[] {
    return this.#tracker.tracks.flatMap((t) => trayItem(t, this.#items.get(t.id) ?? freshItem) ?? []);
  }

  /** Confirmed items that are seen now, with the boxes to look for barcodes in. */
  visible(): { id: string; box: Box }[] {
    return this.#tracker.tracks.filter((t) => t.confirmed && !t.occluded).map(({ id, box }) => ({ id, box }));
  }

  /** Every item has been seen in at least `frames` frames and nothing is in doubt: looking again can wait. */
  steady(frames: number): boolean {
    return this.#tracker.tracks.every((t) => isSteady(t, this.#items.get(t.id) ?? freshItem, frames));
  }
}
