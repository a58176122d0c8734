import type { Box, Sku } from "@tillsight/contracts";
import { sharedArea } from "@tillsight/models";

/** One detection and what its picture alone says. */
export interface Piece {
  readonly box: Box;
  /** The product that it clearly shows, if any. */
  readonly sku: Sku | null;
  /** The product that it is most like, clearly or not; null: the catalog is empty. */
  readonly best: Sku | null;
  /** Cosine similarity to that product's nearest reference, -1..1. */
  readonly score: number;
  /** And how much nearer that is than the nearest of any other product, 0..2. */
  readonly lead: number;
}

/** Two detections that may be one item: leaves and carrot, foam and bottle. Indices of the pieces. */
export interface Pair {
  readonly part: number;
  readonly whole: number;
  /** Around both. */
  readonly box: Box;
}

/** A part is smaller than the rest of its item: at most this share of its area. */
const LARGEST_PART = 0.6;
/** And touches it: no farther away than this share of its own longer side. */
const FARTHEST = 0.1;
const WHOLES_EACH = 2;
/** Each pair costs a look of the embedder. */
const MOST_PAIRS = 6;
/**
 * The whole item may look this much less like its product than the larger piece does. Where it does not show its
 * product clearly, nothing less like it will do, it must lead all others by LEAD, and a part that lies inside the
 * larger piece proves nothing. On 90 rendered trays 44 of 68 parts were joined so (33 where it is clear), and in none
 * of 101 pairs goods that really lay beside each other, also if the smaller were in no catalog.
 */
const SLACK = 0.03;
const LEAD = 0.1;
const INSIDE = 0.9;

const area = ({ w, h }: Box): number => w * h;

function gap(a: Box, b: Box): number {
  const across = Math.max(a.x - b.x - b.w, b.x - a.x - a.w);
  const down = Math.max(a.y - b.y - b.h, b.y - a.y - a.h);
  return Math.max(0, across, down);
}

export function around(a: Box, b: Box): Box {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return { x, y, w: Math.max(a.x + a.w, b.x + b.w) - x, h: Math.max(a.y + a.h, b.y + b.h) - y };
}

/** Pairs worth a look, smallest part first. What clearly shows a product by itself is no part. */
export function pairsToTry(pieces: readonly Piece[]): Pair[] {
  const pairs: Pair[] = [];
  pieces.forEach((small, part) => {
    if (small.sku !== null) return;
    const reach = FARTHEST * Math.max(small.box.w, small.box.h);
    const wholes = pieces
      .map((piece, whole) => ({ ...piece, whole }))
      .filter(({ box, whole }) => whole !== part && area(small.box) <= LARGEST_PART * area(box))
      .filter(({ box }) => gap(small.box, box) <= reach)
      .sort((a, b) => sharedArea(b.box, small.box) - sharedArea(a.box, small.box));
    for (const { box, whole } of wholes.slice(0, WHOLES_EACH))
      pairs.push({ part, whole, box: around(small.box, box) });
  });
  const size = ({ part }: Pair): number => area((pieces[part] as Piece).box);
  return pairs.sort((a, b) => size(a) - size(b)).slice(0, MOST_PAIRS);
}

/** Whether two pieces are one item: together they show a product, and it is the one that the larger shows, if any. */
export function isOneItem(part: Piece, whole: Piece, together: Omit<Piece, "box">): boolean {
  const gain = together.score - Math.max(part.score, whole.score);
  if (together.sku !== null) return gain >= -SLACK && (whole.sku === null || whole.sku === together.sku);
  const inside = sharedArea(part.box, whole.box) >= INSIDE * area(part.box);
  const leads = together.best !== null && together.best === whole.best && together.lead >= LEAD;
  return gain >= 0 && leads && !inside;
}
