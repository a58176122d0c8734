import type { Picture } from "@tillsight/models";
import { type Art, loadArt } from "./art.js";
import { createCanvas, drawShadow, drawSprite, expose, vignette } from "./paint.js";
import { createRandom } from "./random.js";
import { castShadow, poseMatrix, transform } from "./raster.js";
import type { DemoProduct } from "./store.js";

/** A photo from above, not a close-up: the item takes a good quarter of its height, as lane pictures have it. */
const [WIDTH, HEIGHT] = [800, 600];
const ITEM = 170;

/**
 * What somebody takes of a product on a plain sheet to enrol it: `count` (1..5) photos, turned evenly around the
 * circle, on another ground and under other light than the tray's. The same for the same `seed`. `load` finds
 * pictures that are not in the demo store.
 */
export async function referencePhotos(
  of: DemoProduct,
  count = 5,
  seed = 1,
  load: (name: string) => Promise<Art> = loadArt,
): Promise<Picture[]> {
  const art = await load(of.art);
  const random = createRandom(seed).fork(of.product.sku);
  const first = random.between(0, 360);
  const field = vignette(WIDTH, HEIGHT);
  const photos: Picture[] = [];
  for (let i = 0; i < count; i++) {
    const scale = ITEM * random.between(0.85, 1.15) * art.scale;
    const turn = first + (360 / count) * i + random.between(-12, 12);
    const sprite = transform(art.sprite, poseMatrix(scale, turn, random.between(-0.05, 0.05), 0.97));
    const canvas = createCanvas(WIDTH, HEIGHT);
    canvas.data.fill(random.int(150, 215));
    const x = WIDTH / 2 + random.between(-30, 30);
    const y = HEIGHT / 2 + random.between(-30, 30);
    drawShadow(canvas, castShadow(sprite, 8, 0.35), x + 3, y + 5);
    drawSprite(canvas, sprite, x, y);
    const noise = Int8Array.from({ length: WIDTH * 3 + 997 }, () => Math.round(random.gauss() * 1.5));
    const light = {
      brightness: random.between(0.85, 1.1),
      warmth: random.between(-0.4, 0.4),
      from: random.between(0, 360),
      slope: random.between(0, 0.15),
    };
    const data = expose(canvas, light, field, noise, () => random.int(0, 996));
    photos.push({ width: WIDTH, height: HEIGHT, data: new Uint8Array(data.buffer) });
  }
  return photos;
}
