import type { Box, Gtin, Sku, TrayItem } from "@tillsight/contracts";
import { crop, intersectionOverUnion, type Picture } from "@tillsight/models";
import type { DecisionRule } from "../domain/recognition/decide.js";
import { withoutUnfounded } from "../domain/recognition/doubt.js";
import {
  fadeItem,
  forgetItem,
  freshItem,
  type ItemState,
  isSettled,
  type PictureLook,
  stepItem,
  trayItem,
  withBarcode,
} from "../domain/recognition/items.js";
import { learnSurface, type Surface, viewPlace } from "../domain/recognition/surface.js";
import type { PictureFinding } from "../domain/recognition/suspicion.js";
import type { ItemTrace } from "../domain/recognition/trace.js";
import {
  freshTracker,
  type TrackEvent,
  type TrackerSettings,
  updateTracks,
} from "../domain/recognition/tracker.js";
import type { TrayGrid } from "../domain/recognition/tray-grid.js";
import { freshTrayWeight, weighTray } from "../domain/recognition/tray-weight.js";
import type { Evidence } from "../domain/recognition/votes.js";
import { weighIn } from "../domain/recognition/weight.js";
import { GlimpseMemory } from "./glimpse.js";
import { type ItemLook, look, type Past, type ReaderDeps, timed } from "./look.js";
import { decisionRule, unitWeights, withFrame } from "./matching.js";

/** One settled frame as the reader is told about it. */
export interface SettledPicture {
  readonly picture: Picture;
  readonly grid: TrayGrid;
  /** Monotonic, ms. */
  readonly at: number;
  /** The gate's count of settled phases. */
  readonly epoch: number;
  /** When the tray last stopped moving; monotonic, ms. */
  readonly stillSince: number;
  /** What lay on the scale then; null where there is none, or it said nothing certain. */
  readonly grams: number | null;
}

/** Part of an item's longer side that people see around it. */
const SHOWN_MARGIN = 0.15;

/** Frames of a still tray after which more of them say little. */
const STEADY_FRAMES = 6;
/** Overlap from which a box is that of a known item. */
const SAME_ITEM = 0.5;

const pictureLook = (seen: ItemLook | undefined, notice: number | undefined): PictureLook | undefined =>
  notice === undefined ? undefined : { look: seen?.look ?? null, notice };

/** An item that has just been found to be probably a picture, cut out as it was seen. */
export interface PictureFound extends PictureFinding {
  readonly itemId: string;
  readonly crop: Picture;
}

export interface Reading {
  readonly events: readonly TrackEvent[];
  /** Items whose answer has changed, with the reason. */
  readonly changed: readonly ItemTrace[];
  /** Items that turned out to be probably pictures with this frame. */
  readonly pictures: readonly PictureFound[];
}

/**
 * The goods on one tray: what lies there, followed and named from settled frame to settled frame. The embedder's
 * time goes to what is in doubt; goods that are known are looked at again now and then.
 */
export class TrayReader {
  readonly #deps: ReaderDeps;
  readonly #settings: TrackerSettings;
  #tracker = freshTracker;
  #items = new Map<string, ItemState>();
  readonly #rule: DecisionRule;
  #surface: Surface | null = null;
  #weight = freshTrayWeight;
  readonly #memory: GlimpseMemory;
  /** Settled frames since the tray last moved. */
  #frames = 0;

  /** @param lookAgainMs after which an item that is known is looked at again, ms. */
  constructor(deps: ReaderDeps, settings: TrackerSettings, lookAgainMs: number) {
    this.#deps = deps;
    this.#memory = new GlimpseMemory(lookAgainMs);
    this.#rule = decisionRule(deps);
    this.#settings = settings;
  }

  /** What the networks and the catalog say of a picture; nothing of it counts before `take`. */
  look(frame: SettledPicture): Promise<readonly ItemLook[]> {
    this.#memory.turnTo(frame.at, frame.stillSince);
    return look(frame.picture, this.#deps, this.#past(frame));
  }

  /** Counts a picture that was looked at. In the order of the pictures. */
  take(frame: SettledPicture, seen: readonly ItemLook[]): Reading {
    return timed(this.#deps, "track", () => this.#update(frame, seen));
  }

  #past({ picture: { width, height }, grid, at }: SettledPicture): Past {
    const { tracks } = this.#tracker;
    const known = tracks.filter((t) => t.confirmed).map((t) => t.box);
    const tray = { surface: this.#surface, grid, known, width, height };
    const open = tracks.filter((t) => !isSettled(this.#itemOf(t), STEADY_FRAMES)).map((t) => t.box);
    return {
      founded: (found) => withoutUnfounded(found, tray),
      recall: (box) =>
        open.some((b) => intersectionOverUnion(b, box) >= SAME_ITEM) ? undefined : this.#memory.recall(box),
      keep: (glimpses) => this.#memory.keep(glimpses, at),
    };
  }

  #itemOf({ id }: { readonly id: string }): ItemState {
    return this.#items.get(id) ?? freshItem;
  }

  #update({ picture, grid, at, epoch, grams }: SettledPicture, seen: readonly ItemLook[]): Reading {
    const moved = epoch !== this.#tracker.epoch;
    this.#frames = moved ? 1 : this.#frames + 1;
    const surface = this.#surface;
    const step = updateTracks(
      this.#tracker,
      {
        at,
        epoch,
        sightings: seen,
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
    const ids = step.state.tracks.map((t) => t.id);
    const { scale } = this.#deps;
    if (scale) this.#weight = weighTray(this.#weight, { epoch, ids, grams }, scale.deviation);
    const now = new Map(seen.flatMap((s, i) => (s.fresh ? [[step.ids[i] ?? "", s] as const] : [])));
    return { events: step.events, ...this.#judge(picture, now, moved) };
  }

  #judge(picture: Picture, now: ReadonlyMap<string, ItemLook>, moved: boolean): Omit<Reading, "events"> {
    const items = new Map<string, ItemState>();
    const changed: ItemTrace[] = [];
    const pictures: PictureFound[] = [];
    const notice = this.#deps.pictures?.notice;
    for (const track of this.#tracker.tracks) {
      const known = this.#itemOf(track);
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
    this.#memory.forget();
  }

  /** Items as kiosk and basket see them. */
  items(): TrayItem[] {
    return this.held().map(({ item }) => item);
  }

  /** The same with what speaks for each. */
  held(): { item: TrayItem; evidence: Evidence }[] {
    return this.#tracker.tracks.flatMap((track) => {
      const state = this.#itemOf(track);
      const item = trayItem(track, state);
      return item ? [{ item, evidence: state.evidence }] : [];
    });
  }

  /** Confirmed items that are seen now, with the boxes to look for barcodes in. */
  visible(): { id: string; box: Box }[] {
    return this.#tracker.tracks.filter((t) => t.confirmed && !t.occluded).map(({ id, box }) => ({ id, box }));
  }

  /** Nothing is in doubt, and goods that were hard to detect have had their chance: looking again can wait. */
  steady(): boolean {
    const { tracks } = this.#tracker;
    const known = tracks.every(
      (t) => t.confirmed && !t.occluded && isSettled(this.#itemOf(t), STEADY_FRAMES),
    );
    return known && this.#frames >= STEADY_FRAMES;
  }
}
