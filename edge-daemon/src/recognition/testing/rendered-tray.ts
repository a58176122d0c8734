import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Box } from "@tillsight/contracts";
import type { Picture } from "@tillsight/models";
import sharp from "sharp";

/** Fluent 3D emoji (MIT) of food: the networks were trained without any of them. */
export const food = {
  apple: "1f34e",
  banana: "1f34c",
  croissant: "1f950",
  cheese: "1f9c0",
  kiwi: "1f95d",
  cookie: "1f36a",
  strawberry: "1f353",
  broccoli: "1f966",
  carrot: "1f955",
  bread: "1f35e",
} as const;
export type Food = keyof typeof food;

const assets = join(
  dirname(createRequire(import.meta.url).resolve("@lobehub/fluent-emoji-3d/package.json")),
  "assets",
);

export interface Placed {
  readonly food: Food;
  /** Middle, pixels. */
  readonly x: number;
  readonly y: number;
  /** Side of the art before it is turned, pixels. */
  readonly size?: number;
  /** Degrees. */
  readonly turn?: number;
}

export interface RenderedTray {
  readonly picture: Picture;
  /** Tight box of each placed item's visible pixels, in the order given. */
  readonly boxes: readonly Box[];
}

async function stamp(item: Placed) {
  const turned = sharp(join(assets, `${food[item.food]}.webp`))
    .resize(item.size ?? 150, item.size ?? 150)
    .ensureAlpha()
    .rotate(item.turn ?? 0, { background: { r: 0, g: 0, b: 0, alpha: 0 } });
  const { data, info } = await sharp(await turned.png().toBuffer())
    .trim({ threshold: 10 })
    .png()
    .toBuffer({ resolveWithObject: true });
  const left = Math.round(item.x - info.width / 2);
  const top = Math.round(item.y - info.height / 2);
  return { input: data, left, top, box: { x: left, y: top, w: info.width, h: info.height } };
}

/** Draws goods on an even tray seen from above; `light` 1 is the light of every day. */
export async function renderTray(
  items: readonly Placed[],
  { width = 1280, height = 720, surface = { r: 205, g: 203, b: 198 }, light = 1 } = {},
): Promise<RenderedTray> {
  const stamps = await Promise.all(items.map(stamp));
  const drawn = await sharp({ create: { width, height, channels: 3, background: surface } })
    .composite(stamps.map(({ input, left, top }) => ({ input, left, top })))
    .png()
    .toBuffer();
  const raw = await sharp(drawn).removeAlpha().linear(light, 0).raw().toBuffer();
  return { picture: { width, height, data: new Uint8Array(raw) }, boxes: stamps.map((s) => s.box) };
}

/** Places on a 1280 x 720 tray, five columns and two rows. */
export function places(): { x: number; y: number }[] {
  return Array.from({ length: 10 }, (_, i) => ({ x: 150 + (i % 5) * 245, y: 190 + Math.floor(i / 5) * 330 }));
}
