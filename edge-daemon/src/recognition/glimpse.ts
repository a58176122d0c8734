import type { Box } from "@tillsight/contracts";
import { type Detection, intersectionOverUnion } from "@tillsight/models";
import type { Piece } from "../domain/recognition/parts.js";
import type { Neighbour } from "../ports/catalog.js";

/** A detection with what its picture alone says. */
export interface Glimpse {
  readonly detection: Detection;
  readonly vector: Float32Array;
  readonly near: readonly Neighbour[];
  /** The product that it clearly shows, if any. */
  readonly sku: Piece["sku"];
  /** The embedder looked at this frame; otherwise at an earlier one, and this is no new evidence. */
  readonly fresh: boolean;
}

/** Boxes of the same goods on a still tray: detections of them differ by a few pixels. */
const SAME_PLACE = 0.85;

/** What was lately seen where, on a tray on which nothing has moved since. */
export class GlimpseMemory {
  readonly #keepMs: number;
  #stillSince = Number.NaN;
  #kept: readonly { readonly glimpse: Glimpse; readonly at: number }[] = [];

  /** @param keepMs for how long a glimpse may stand for another look, ms. */
  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  /** Forgets what is too old by now, or of before the tray moved. */
  turnTo(at: number, stillSince: number): void {
    const kept = stillSince === this.#stillSince ? this.#kept : [];
    this.#kept = kept.filter((k) => at - k.at < this.#keepMs);
    this.#stillSince = stillSince;
  }

  recall(box: Box): Glimpse | undefined {
    return this.#at(box)?.glimpse;
  }

  keep(glimpses: readonly Glimpse[], at: number): void {
    const replaced = new Set(glimpses.map((g) => this.#at(g.detection.box)));
    this.#kept = [
      ...this.#kept.filter((k) => !replaced.has(k)),
      ...glimpses.map((g) => ({ glimpse: { ...g, fresh: false }, at })),
    ];
  }

  forget(): void {
    this.#kept = [];
  }

  #at(box: Box) {
    const overlaps = this.#kept.map((k) => intersectionOverUnion(k.glimpse.detection.box, box));
    const most = Math.max(SAME_PLACE, ...overlaps);
    return this.#kept[overlaps.indexOf(most)];
  }
}
