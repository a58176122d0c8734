import { type Gray, rank, shrink } from "./gray.js";

/** Longer side at which sharpness is measured, pixels: what the embedder sees has less. */
const side = 384;
const tile = 16;
/** Variance of luma below which a tile holds nothing that could be sharp. */
const plain = 40;

/** Variances over one tile: of the Laplacian (4-neighbour) and of luma. */
function tileVariances(gray: Gray, x0: number, y0: number): { laplacian: number; luma: number } {
  const { width, data } = gray;
  let [sumL, squareL, sum, square] = [0, 0, 0, 0];
  for (let y = y0; y < y0 + tile; y++)
    for (let x = x0; x < x0 + tile; x++) {
      const at = y * width + x;
      const v = data[at] as number;
      const l =
        4 * v -
        (data[at - 1] as number) -
        (data[at + 1] as number) -
        (data[at - width] as number) -
        (data[at + width] as number);
      sumL += l;
      squareL += l * l;
      sum += v;
      square += v * v;
    }
  const n = tile * tile;
  return { laplacian: squareL / n - (sumL / n) ** 2, luma: square / n - (sum / n) ** 2 };
}

/**
 * Variance of the Laplacian over the variance of luma in the sharpest tenth of the tiles that show something: an
 * edge counts by how steep it is, not by how much contrast the product has. Sensor noise, as the plainest tiles have
 * it, is taken off. 0 for what is blurred or plain; about 0.1 to 2 for photos in focus.
 */
export function sharpness(gray: Gray): number {
  const small = shrink(gray, side);
  const tiles: { laplacian: number; luma: number }[] = [];
  for (let y = 1; y + tile < small.height; y += tile)
    for (let x = 1; x + tile < small.width; x += tile) tiles.push(tileVariances(small, x, y));
  // Only where there is nothing else to see: a product may be patterned all over.
  const noise = rank(
    tiles.filter((t) => t.luma <= plain).map((t) => t.laplacian),
    0.1,
  );
  const steep = tiles.filter((t) => t.luma > plain).map((t) => Math.max(0, t.laplacian - noise) / t.luma);
  return rank(steep, 0.9);
}
