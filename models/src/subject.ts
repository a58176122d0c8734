import type { Detection } from "./networks.js";

/** How far from the middle an item may be before a smaller, central one is preferred: share of its weight lost. */
const OFF_CENTRE = 0.7;

/**
 * The item that a photo of one product shows: of the sure detections a large and central one. Where there is none, the
 * likeliest doubtful one: somebody photographed a product, so what the detector half sees is better than the whole photo.
 * @param found doubtful ones included (`DetectOptions.doubtful`); undefined is returned where it is empty.
 */
export function mainSubject(
  picture: { readonly width: number; readonly height: number },
  found: readonly Detection[],
): Detection | undefined {
  const weight = ({ box: b }: Detection) => {
    const dx = (b.x + b.w / 2) / picture.width - 0.5;
    const dy = (b.y + b.h / 2) / picture.height - 0.5;
    return b.w * b.h * (1 - OFF_CENTRE * Math.min(1, 2 * Math.hypot(dx, dy)));
  };
  const sure = found.filter(({ doubtful }) => !doubtful);
  if (sure.length === 0) return [...found].sort((a, b) => b.score - a.score)[0];
  return sure.sort((a, b) => weight(b) - weight(a))[0];
}
