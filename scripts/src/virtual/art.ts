import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { InvalidInputError } from "@tillsight/contracts";
import sharp from "sharp";
import type { Sprite } from "./raster.js";

/** One picture of a thing, cut to its outline. `scale` makes its longest side one pixel long. */
export interface Art {
  readonly sprite: Sprite;
  readonly scale: number;
}

// Fluent Emoji by Microsoft (MIT), as 256 x 256 WebP files named by code point.
const ASSETS = new URL("./assets/", import.meta.resolve("@lobehub/fluent-emoji-3d/package.json"));

/** Path of the picture with this code point, for example `1f34e` or `1f590-1f3fd`. */
export function artPath(code: string): string {
  // Code points whose plain form is a text symbol are stored with the emoji variation selector.
  for (const name of [code, `${code}-fe0f`]) {
    const path = fileURLToPath(new URL(`${name}.webp`, ASSETS));
    if (existsSync(path)) return path;
  }
  throw new InvalidInputError(
    `there is no art for code point ${code} in @lobehub/fluent-emoji-3d`,
    "Run npm ci, or name another picture in the demo store.",
  );
}

/** @throws InvalidInputError when the package has no picture of that code point. */
export async function loadArt(code: string): Promise<Art> {
  const { data, info } = await sharp(artPath(code)).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const sprite = cutToOutline(new Uint8ClampedArray(data), info.width, info.height);
  return { sprite, scale: 1 / Math.max(sprite.width - 2, sprite.height - 2) };
}

/** Multiplies by alpha and cuts to what is visible plus an empty ring. The anchor, in pixels of what is given,
 * is the middle of the outline unless told. */
export function cutToOutline(
  rgba: Uint8ClampedArray,
  width: number,
  height: number,
  anchor?: readonly [x: number, y: number],
): Sprite {
  let [x0, y0, x1, y1] = [width, height, -1, -1];
  for (let i = 0; i < width * height; i++) {
    // Fainter than this is compression noise around the outline.
    if ((rgba[i * 4 + 3] as number) < 8) continue;
    x0 = Math.min(x0, i % width);
    x1 = Math.max(x1, i % width);
    y0 = Math.min(y0, Math.floor(i / width));
    y1 = Math.max(y1, Math.floor(i / width));
  }
  const [w, h] = [Math.max(0, x1 - x0 + 1) + 2, Math.max(0, y1 - y0 + 1) + 2];
  const data = new Uint8ClampedArray(w * h * 4);
  for (let y = y0; y <= y1; y++)
    for (let x = x0; x <= x1; x++) {
      const from = (y * width + x) * 4;
      const to = ((y - y0 + 1) * w + x - x0 + 1) * 4;
      const alpha = rgba[from + 3] as number;
      for (let c = 0; c < 3; c++) data[to + c] = ((rgba[from + c] as number) * alpha) / 255;
      data[to + 3] = alpha;
    }
  const [ax, ay] = anchor ?? [x0 - 1 + w / 2, y0 - 1 + h / 2];
  return { width: w, height: h, left: x0 - 1 - ax, top: y0 - 1 - ay, data };
}
