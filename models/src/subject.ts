import type { Box } from "@tillsight/contracts";
import type { Detection } from "./networks.js";

interface Size {
  readonly width: number;
  readonly height: number;
}

/** How far from the middle an item may be before a smaller, central one is preferred: share of its weight lost. */
const OFF_CENTRE = 0.7;
/**
 * A photo of which other boxes hold at least this share, and all boxes at least this much, is one of a shelf, a crate
 * or a shopper's hand before a shelf. Photos on a counter have at most 0.14 in other boxes with up to five goods on
 * them; of the shop photographs of GroceryStoreDataset 98 of 100 have more than 0.2.
 */
const CROWDED = { others: 0.2, all: 0.5 } as const;
/** Around each box, share of its longer side. */
const AROUND = 0.08;
/** The longer side of the grid on which areas are counted. */
const CELLS = 64;

/** Of the best score, what a box must have to be meant. On composed photos of one item 0.4 chose right most often. */
const NEARLY_AS_SURE = 0.4;

/**
 * The item that a photo of one product shows: large, central and likely, also where the detector doubts it: somebody
 * photographed a product, so what it half sees is better than the whole photo.
 * But the detector knows goods that lie on a ground. Where it sees something nearly everywhere, its boxes are parts of
 * goods and of shelves, and the whole photo says more of the product than any of them: undefined.
 * @param found doubtful ones included (`DetectOptions.doubtful`); undefined is returned where it is empty.
 */
export function mainSubject(picture: Size, found: readonly Detection[]): Detection | undefined {
  const least = NEARLY_AS_SURE * Math.max(...found.map(({ score }) => score));
  const weight = ({ box: b, score }: Detection) => {
    const dx = (b.x + b.w / 2) / picture.width - 0.5;
    const dy = (b.y + b.h / 2) / picture.height - 0.5;
    return score * b.w * b.h * (1 - OFF_CENTRE * Math.min(1, 2 * Math.hypot(dx, dy)));
  };
  const [best] = found.filter(({ score }) => score >= least).sort((a, b) => weight(b) - weight(a));
  return best && isCrowded(picture, best, found) ? undefined : best;
}

function isCrowded(picture: Size, subject: Detection, found: readonly Detection[]): boolean {
  const scale = CELLS / Math.max(picture.width, picture.height);
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const cells = new Uint8Array(width * height);
  const mark = ({ x, y, w, h }: Box, value: number) => {
    const around = AROUND * Math.max(w, h);
    const cell = (at: number, end: number) => Math.min(end, Math.max(0, Math.round(at * scale)));
    const [left, right] = [cell(x - around, width), cell(x + w + around, width)];
    const bottom = cell(y + h + around, height);
    for (let row = cell(y - around, height); row < bottom; row++)
      cells.fill(value, row * width + left, row * width + right);
  };
  for (const { box } of found) mark(box, 1);
  mark(subject.box, 2);
  const others = cells.filter((c) => c === 1).length / cells.length;
  const all = cells.filter((c) => c > 0).length / cells.length;
  return others >= CROWDED.others && all >= CROWDED.all;
}
