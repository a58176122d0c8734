import type { Box, Sku } from "@tillsight/contracts";
import type { Art } from "../../../virtual/art.js";
import { drawHand, HAND_SIZE } from "../../../virtual/hand.js";
import { poseMatrix, type Sprite, transform } from "../../../virtual/raster.js";
import { type HandPose, type ItemPose, PICTURE } from "../../../virtual/scene.js";
import type { ComposedTray } from "./compose.js";

/** Less than this share of its outline in sight is not an item for a camera: the detector's training has the same rule. */
const LEAST_VISIBLE = 0.3;
/** Opaque enough to hide what is below. */
const SOLID = 100;
const HAND = 255;

/** An item of a tray as the camera sees it. */
export interface TrueItem {
  readonly sku: Sku;
  /** Around what is in sight, pixels. */
  readonly box: Box;
  /** Share of its outline that is in sight, 0..1. */
  readonly visible: number;
}

/** Marks what a sprite covers; returns how much that is inside and outside of the picture. */
function stamp(owner: Uint8Array, sprite: Sprite, x: number, y: number, mark: number): number {
  const left = Math.round(x + sprite.left);
  const top = Math.round(y + sprite.top);
  let covered = 0;
  for (let row = 0; row < sprite.height; row++)
    for (let col = 0; col < sprite.width; col++) {
      if ((sprite.data[(row * sprite.width + col) * 4 + 3] as number) < SOLID) continue;
      covered++;
      const [px, py] = [left + col, top + row];
      if (px >= 0 && py >= 0 && px < PICTURE.width && py < PICTURE.height)
        owner[py * PICTURE.width + px] = mark;
    }
  return covered;
}

const spriteOf = (art: Art, p: ItemPose): Sprite =>
  transform(art.sprite, poseMatrix(p.size * art.scale, p.turn, p.shear, p.squeeze));

async function handSprite(hand: HandPose): Promise<Sprite> {
  const art = await drawHand(hand.art, hand.tone, hand.sleeve);
  return transform(art, poseMatrix(hand.size / HAND_SIZE, hand.turn, 0, 1));
}

/** Exact boxes of the goods in sight, from the same outlines that the renderer draws. */
export async function truthOf(tray: ComposedTray, load: (name: string) => Promise<Art>): Promise<TrueItem[]> {
  const owner = new Uint8Array(PICTURE.width * PICTURE.height);
  const { items, hand } = tray.scene;
  const areas: number[] = [];
  for (const [i, pose] of items.entries())
    areas.push(stamp(owner, spriteOf(await load(pose.art), pose), pose.x, pose.y, i + 1));
  if (hand) stamp(owner, await handSprite(hand), hand.x, hand.y, HAND);
  const seen = boxesOf(owner, items.length);
  return seen.flatMap(({ box, area }, i) => {
    const visible = area / Math.max(1, areas[i] ?? 0);
    const sku = tray.skus[i];
    return sku && visible >= LEAST_VISIBLE ? [{ sku, box, visible }] : [];
  });
}

interface Extent {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
  area: number;
}

function boxesOf(owner: Uint8Array, count: number): { box: Box; area: number }[] {
  const { width, height } = PICTURE;
  const found = Array.from(
    { length: count },
    (): Extent => ({ x0: width, y0: height, x1: -1, y1: -1, area: 0 }),
  );
  for (const [at, mark] of owner.entries()) {
    const f = found[mark - 1];
    if (!f) continue;
    const [x, y] = [at % width, Math.floor(at / width)];
    f.x0 = Math.min(f.x0, x);
    f.x1 = Math.max(f.x1, x);
    f.y0 = Math.min(f.y0, y);
    f.y1 = Math.max(f.y1, y);
    f.area++;
  }
  return found.map(({ x0, y0, x1, y1, area }) => ({
    ...{ box: { x: x0, y: y0, w: Math.max(0, x1 - x0 + 1), h: Math.max(0, y1 - y0 + 1) }, area },
  }));
}
