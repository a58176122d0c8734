import type { Box } from "@tillsight/contracts";
import { type Detection, intersectionOverUnion } from "@tillsight/models";
import { cells, DIFFERENT, type Surface } from "./surface.js";
import { colourExcess, lightGains, type TrayGrid } from "./tray-grid.js";

/** What speaks for or against a doubtful detection. */
export interface TrayKnowledge {
  readonly surface: Surface | null;
  readonly grid: TrayGrid;
  /** Where goods are known to lie, pixels. */
  readonly known: readonly Box[];
  /** Picture's size, pixels. */
  readonly width: number;
  readonly height: number;
}

/** Where goods lay in the picture before, a doubtful detection of about the same box is the same goods. */
const SAME_IOU = 0.5;
/** Share of a box that must be something else than the tray; goods that lie askew fill about half of theirs. */
const LEAST_STRANGE = 0.45;
/** And share of it that no other goods explain. */
const LEAST_UNEXPLAINED = 0.35;
/** A shadow keeps at least this share of the tray's light, and its colour within so many steps of 8 bits. */
const DARKEST_SHADOW = 0.45;
const SHADOW_TINT = 6;

/** 1 for each cell that is neither the bare tray nor shadow on it; 0 where the tray is not known. */
export function strangeCells(surface: Surface, grid: TrayGrid): Uint8Array {
  // Unknown cells are no numbers, and drop out of the median by themselves.
  const gains = lightGains(surface.planes, grid.planes, 7);
  return Uint8Array.from({ length: grid.columns * grid.rows }, (_, i) =>
    colourExcess(surface.planes, grid.planes, i, gains) > DIFFERENT && !isShadow(surface, grid, i, gains)
      ? 1
      : 0,
  );
}

function isShadow(surface: Surface, grid: TrayGrid, i: number, gains: readonly number[]): boolean {
  const lit = surface.planes.map((plane, c) => (plane[i] as number) * (gains[c] as number));
  const seen = grid.planes.map((plane) => plane[i] as number);
  const share = sum(seen) / Math.max(1, sum(lit));
  if (share >= 1 || share < DARKEST_SHADOW) return false;
  return seen.every((value, c) => Math.abs(value - share * (lit[c] as number)) <= SHADOW_TINT);
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/**
 * Leaves out the doubtful detections that nothing speaks for. A known item at the same place speaks for one; so
 * does the tray, where it looks like something else than the bare tray and no other goods explain that. Without
 * it, goods unlike all that the detector was trained on would lie there unseen.
 * @param found best first.
 */
export function withoutUnfounded(found: readonly Detection[], tray: TrayKnowledge): Detection[] {
  const { surface, grid } = tray;
  if (!found.some((d) => d.doubtful)) return [...found];
  const sameGrid = surface?.columns === grid.columns && surface.rows === grid.rows;
  const strange = surface && sameGrid ? strangeCells(surface, grid) : null;
  const left = strange?.slice();
  let missing = tray.known;
  const explain = (box: Box): void => {
    for (const i of cells(box, grid, tray, 0)) left?.fill(0, i, i + 1);
    missing = missing.filter((k) => intersectionOverUnion(k, box) < SAME_IOU);
  };
  for (const { box, doubtful } of found) if (!doubtful) explain(box);
  return found.filter(({ box, doubtful }) => {
    if (!doubtful) return true;
    const inside = cells(box, grid, tray, 0);
    const isSame = missing.some((k) => intersectionOverUnion(k, box) >= SAME_IOU);
    const isStrange =
      strange !== null &&
      left !== undefined &&
      share(inside, strange) >= LEAST_STRANGE &&
      share(inside, left) >= LEAST_UNEXPLAINED;
    if (!isSame && !isStrange) return false;
    explain(box);
    return true;
  });
}

function share(inside: readonly number[], marked: Uint8Array): number {
  return inside.reduce((count, i) => count + (marked[i] as number), 0) / Math.max(1, inside.length);
}
