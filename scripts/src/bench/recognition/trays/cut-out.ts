import type { Picture } from "@tillsight/models";
import sharp from "sharp";
import { type Art, cutToOutline } from "../../../virtual/art.js";

/** A catalogue picture's background is at least this bright in every channel. */
const WHITE = 244;

/** Pixels of the white background: all that can be reached from the picture's edge without leaving white. */
export function whiteAround(rgb: Uint8Array, width: number, height: number): Uint8Array {
  const outside = new Uint8Array(width * height);
  const isWhite = (at: number) =>
    Math.min(rgb[at * 3] as number, rgb[at * 3 + 1] as number, rgb[at * 3 + 2] as number) >= WHITE;
  const queue: number[] = [];
  const visit = (at: number) => {
    if (outside[at] || !isWhite(at)) return;
    outside[at] = 1;
    queue.push(at);
  };
  for (let x = 0; x < width; x++) [x, (height - 1) * width + x].forEach(visit);
  for (let y = 0; y < height; y++) [y * width, y * width + width - 1].forEach(visit);
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    const x = at % width;
    if (x > 0) visit(at - 1);
    if (x < width - 1) visit(at + 1);
    if (at >= width) visit(at - width);
    if (at < width * (height - 1)) visit(at + width);
  }
  return outside;
}

/** The item of a catalogue picture on white, cut to its outline with a soft edge. */
export async function cutOut({ width, height, data }: Picture): Promise<Art> {
  const outside = whiteAround(data, width, height);
  // A light blur takes the white fringe off, since what is left of it is mostly transparent.
  const alpha = await sharp(Buffer.from(outside.map((o) => (o ? 0 : 255))), {
    raw: { width, height, channels: 1 },
  })
    .blur(0.8)
    .toColourspace("b-w")
    .raw()
    .toBuffer();
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    rgba.set(data.subarray(i * 3, i * 3 + 3), i * 4);
    rgba[i * 4 + 3] = Math.max(0, (alpha[i] as number) * 2 - 255);
  }
  const sprite = cutToOutline(rgba, width, height);
  return { sprite, scale: 1 / Math.max(sprite.width - 2, sprite.height - 2) };
}
