import type { Box } from "@tillsight/contracts";
import type { Picture } from "@tillsight/models";

/** Luma, 0..255, row by row. */
export interface Gray {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** BT.601 luma, as JPEG has it. */
export function toGray({ width, height, data }: Picture): Gray {
  const luma = new Float32Array(width * height);
  for (let i = 0, at = 0; i < luma.length; i++, at += 3)
    luma[i] =
      0.299 * (data[at] as number) + 0.587 * (data[at + 1] as number) + 0.114 * (data[at + 2] as number);
  return { width, height, data: luma };
}

/** The part that `box` covers, whole pixels, clipped, at least one each way. */
export function part(gray: Gray, box: Box): Gray {
  const x = Math.min(gray.width - 1, Math.max(0, Math.floor(box.x)));
  const y = Math.min(gray.height - 1, Math.max(0, Math.floor(box.y)));
  const width = Math.max(1, Math.min(gray.width, Math.ceil(box.x + box.w)) - x);
  const height = Math.max(1, Math.min(gray.height, Math.ceil(box.y + box.h)) - y);
  const data = new Float32Array(width * height);
  for (let row = 0; row < height; row++) {
    const from = (y + row) * gray.width + x;
    data.set(gray.data.subarray(from, from + width), row * width);
  }
  return { width, height, data };
}

/** Halved by averages of two by two until the longer side is at most `side` pixels: measures do not depend on the camera. */
export function shrink(gray: Gray, side: number): Gray {
  let now = gray;
  while (Math.max(now.width, now.height) > side && Math.min(now.width, now.height) > 1) now = halve(now);
  return now;
}

function halve({ width: w, height: h, data: from }: Gray): Gray {
  const [width, height] = [w >> 1, h >> 1];
  const data = new Float32Array(width * height);
  for (let y = 0, to = 0; y < height; y++)
    for (let x = 0, at = y * 2 * w; x < width; x++, at += 2, to++)
      data[to] =
        ((from[at] as number) +
          (from[at + 1] as number) +
          (from[at + w] as number) +
          (from[at + w + 1] as number)) /
        4;
  return { width, height, data };
}

/** The value below which `share` (0..1) of the values lie; 0 of none. */
export function rank(values: readonly number[] | Float32Array, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
