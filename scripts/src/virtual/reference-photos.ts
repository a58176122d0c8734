import type { Picture } from "@tillsight/models";
import { loadArt } from "./art.js";
import { createCanvas, drawShadow, drawSprite, expose, vignette } from "./paint.js";
import { createRandom } from "./random.js";
import { castShadow, poseMatrix, transform } from "./raster.js";
import type { DemoProduct } from "./store.js";

/** Longest side of the item in its photo, pixels, and the room around it. */
const ITEM = 200;
const MARGIN = 20;

/**
 * What somebody takes of a product with a phone on a plain sheet to enrol it: `count` (1..5) photos cut to the
 * item, turned evenly around the circle, under other light than the tray's. The same for the same `seed`.
 */
export async function referencePhotos(of: DemoProduct, count = 5, seed = 1): Promise<Picture[]> {
  const art = await loadArt(of.art);
  const random = createRandom(seed).fork(of.product.sku);
  const first = random.between(0, 360);
  const photos: Picture[] = [];
  for (let i = 0; i < count; i++) {
    const scale = ITEM * random.between(0.85, 1.1) * art.scale;
    const turn = first + (360 / count) * i + random.between(-12, 12);
    const sprite = transform(art.sprite, poseMatrix(scale, turn, random.between(-0.05, 0.05), 0.97));
    const [width, height] = [sprite.width + 2 * MARGIN, sprite.height + 2 * MARGIN];
    const canvas = createCanvas(width, height);
    canvas.data.fill(random.int(205, 235));
    const [x, y] = [MARGIN - sprite.left, MARGIN - sprite.top];
    drawShadow(canvas, castShadow(sprite, 8, 0.35), x + 3, y + 5);
    drawSprite(canvas, sprite, x, y);
    const noise = Int8Array.from({ length: width * 3 + 997 }, () => Math.round(random.gauss() * 1.5));
    const light = {
      brightness: random.between(0.85, 1.1),
      warmth: random.between(-0.4, 0.4),
      from: random.between(0, 360),
      slope: random.between(0, 0.15),
    };
    const data = expose(canvas, light, vignette(width, height), noise, () => random.int(0, 996));
    photos.push({ width, height, data: new Uint8Array(data.buffer) });
  }
  return photos;
}
