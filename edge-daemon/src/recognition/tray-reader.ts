import type { Box, Gtin, Sku, TrayItem } from "@tillsight/contracts";
import {
  crop,
  type Detection,
  type Detector,
  type Embedder,
  type Picture,
  type PrintJudge,
  type PrintLook,
} from "@tillsight/models";
import { type DecisionRule, decideByPicture } from "../domain/recognition/decide.js";
import { withoutUnfounded } from "../domain/recognition/doubt.js";
import {
  fadeItem,
  forgetItem,
  freshItem,
  type ItemState,
  isSteady,
  type PictureLook,
  stepItem,
  trayItem,
  withBarcode,
} from "../domain/recognition/items.js";
import type { Prices } from "../domain/recognition/prices.js";
import { learnSurface, type Surface, viewPlace } from "../domain/recognition/surface.js";
import type { PictureFinding } from "../domain/recognition/suspicion.js";
import type { ItemTrace } from "../domain/recognition/trace.js";
import {
  freshTracker,
  type Sighting,
  type TrackEvent,
  type TrackerSettings,
  updateTracks,
} from "../domain/recognition/tracker.js";
import type { TrayGrid } from "../domain/recognition/tray-grid.js";
import { freshTrayWeight, weighTray } from "../domain/recognition/tray-weight.js";
import { noEvidence } from "../domain/recognition/votes.js";
import { weighIn } from "../domain/recognition/weight.js";
import type { CatalogReader, Neighbour } from "../ports/catalog.js";
import type { Scale } from "../ports/scale.js";
import { type Glimpse, joinParts } from "./join-parts.js";
import { decisionRule, nearReferences, unitWeights, withFrame } from "./matching.js";

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

/** An item that has just been found to be probably a picture, cut out as it was seen. */
export interface PictureFound extends PictureFinding {
  readonly itemId: string;
  readonly crop: Picture;
}

/** A settled picture as far as it needs networks and index. */
interface Look {
  readonly sightings: readonly Sighting[];
  readonly near: readonly (readonly Neighbour[])[];
  /** Empty where nobody looks for pictures. */
  readonly looks: readonly PrintLook[];
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

/**
 * Detector, crops, one batched embedder call and the nearest references: everything about a picture but its past.
 * `founded`, where the past is known, says which doubtful detections count; otherwise none does.
 */
export async function look(
  picture: Picture,
  deps: ReaderDeps,
  founded?: (found: readonly Detection[]) => readonly Detection[],
): Promise<Look & { detections: readonly Detection[] }> {
  const found = await timedAsync(deps, "detect", () =>
    deps.detector.detect(picture, { doubtful: founded !== undefined }),
  );
  const glimpse = async (some: readonly Detection[], crops: readonly Picture[]): Promise<Glimpse[]> => {
    const vectors = await timedAsync(deps, "embed", () => deps.embedder.embed(crops));
    return timed(deps, "match", () => some.map((detection, i) => nameOf(detection, vectors[i], deps)));
  };
  const goods = founded ? founded(found) : found;
  const crops = timed(deps, "crop", () => goods.map((d) => crop(picture, d.box)));
  const seen = await joinParts(picture, await glimpse(goods, crops), glimpse);
  const detections = seen.map((s) => s.detection);
  const boxes = detections.map((d) => d.box);
  const { pictures } = deps;
  const looks = pictures ? await timedAsync(deps, "picture", () => pictures.judge.judge(picture, boxes)) : [];
  const sightings = seen.map(({ detection: { box, score }, vector, sku }) => ({ box, score, vector, sku }));
  return { detections, sightings, near: seen.map((s) => s.near), looks };
}

function nameOf(detection: Detection, embedded: Float32Array | undefined, deps: ReaderDeps): Glimpse {
  const vector = embedded ?? new Float32Array(deps.embedder.size);
  const near = nearReferences(vector, deps.catalog);
  return { detection, vector, near, sku: clearSku(near, deps) };
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

/** What one settled picture says of one item. */
interface SeenItem {
  readonly near: readonly Neighbour[];
  readonly look: PrintLook | undefined;
}

/** Part of an item's longer side that people see around it. */
const SHOWN_MARGIN = 0.15;

const pictureLook = (seen: SeenItem | undefined, notice: number | undefined): PictureLook | undefined =>
  notice === undefined ? undefined : { look: seen?.look ?? null, notice };

export interface Reading {
  readonly events: readonly TrackEvent[];
  /** Items whose answer has changed, with the reason. */
  readonly changed: readonly ItemTrace[];
  /** Items that turned out to be probably pictures with this frame. */
  readonly pictures: readonly PictureFound[];
}

/** The goods on one tray: what lies there, followed and named from settled frame to settled frame. */
export class TrayReader {
  readonly #deps: ReaderDeps;
  readonly #settings: TrackerSettings;
  #tracker = freshTracker;
  #items = new Map<string, ItemState>();
  readonly #rule: DecisionRule;
  #surface: Surface | null = null;
  #weight = freshTrayWeight;

  constructor(deps: ReaderDeps, settings: TrackerSettings) {
    this.#deps = deps;
    this.#rule = decisionRule(deps);
    this.#settings = settings;
  }

  async read(frame: SettledPicture): Promise<Reading> {
    const { picture, grid } = frame;
    const { width, height } = picture;
    // Before the networks take their time: the tray may move meanwhile.
    const grams = this.#deps.scale?.grams() ?? null;
    const known = this.#tracker.tracks.filter((t) => t.confirmed).map((t) => t.box);
    const tray = { surface: this.#surface, grid, known, width, height };
    const seen = await look(picture, this.#deps, (found) => withoutUnfounded(found, tray));
    return timed(this.#deps, "track", () => this.#update(frame, seen, grams));
  }

  #update({ picture, grid, at, epoch }: SettledPicture, seen: Look, grams: number | null): Reading {
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
    const { scale } = this.#deps;
    const ids = step.state.tracks.map((t) => t.id);
    if (scale) this.#weight = weighTray(this.#weight, { epoch, ids, grams }, scale.deviation);
    const now = new Map(step.ids.map((id, i) => [id, { near: seen.near[i] ?? [], look: seen.looks[i] }]));
    return { events: step.events, ...this.#judge(picture, now, moved) };
  }

  #judge(picture: Picture, now: ReadonlyMap<string, SeenItem>, moved: boolean): Omit<Reading, "events"> {
    const items = new Map<string, ItemState>();
    const changed: ItemTrace[] = [];
    const pictures: PictureFound[] = [];
    const notice = this.#deps.pictures?.notice;
    for (const track of this.#tracker.tracks) {
      const known = this.#items.get(track.id) ?? freshItem;
      const before = moved ? fadeItem(known) : known;
      const seen = now.get(track.id);
      const looks = seen ? withFrame(before.evidence, seen.near, this.#deps) : before.evidence;
      const weighed = this.#weight.items.get(track.id) ?? null;
      const evidence = weighIn(looks, weighed, unitWeights(this.#deps.catalog));
      const step = stepItem(before, track, evidence, this.#skuOf, this.#rule, pictureLook(seen, notice));
      items.set(track.id, step.state);
      if (step.changed && step.trace) changed.push(step.trace);
      const { picture: found } = step.state;
      if (found && !before.picture)
        pictures.push({ ...found, itemId: track.id, crop: crop(picture, track.box, SHOWN_MARGIN) });
    }
    this.#items = items;
    return { changed, pictures };
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
