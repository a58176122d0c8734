import sharp from "sharp";
import { artPath, cutToOutline } from "./art.js";
import type { Sprite } from "./raster.js";
import type { HandPose, SkinTone } from "./scene.js";

interface HandLook {
  /** Degrees clockwise that make the fingers point up. */
  readonly upright: number;
  /** Middle of the wrist in the art made upright, 0..1. */
  readonly wrist: readonly [x: number, y: number];
}

const looks: Record<HandPose["art"], HandLook> = {
  "1f590": { upright: 0, wrist: [0.42, 0.8] },
  "270b": { upright: 0, wrist: [0.42, 0.8] },
  "1faf3": { upright: -90, wrist: [0.5, 0.78] },
  "1faf4": { upright: -90, wrist: [0.5, 0.78] },
  "1f90f": { upright: 0, wrist: [0.42, 0.8] },
};

/** The hand's own size in its sprite, pixels; poses are scaled from it. */
export const HAND_SIZE = 256;
// Long enough to reach over the picture's edge from anywhere on the tray, at the largest scale.
const ARM_LENGTH = 1000;

/** Hand, forearm and sleeve in one sprite, fingers up; the anchor is the middle of the palm. */
export async function drawHand(art: HandPose["art"], tone: SkinTone, sleeve: string): Promise<Sprite> {
  const look = looks[art];
  const clear = { r: 0, g: 0, b: 0, alpha: 0 };
  const hand = await sharp(artPath(`${art}-${tone}`))
    .rotate(look.upright, { background: clear })
    .png()
    .toBuffer();
  const skin = await colourAt(hand, look.wrist);
  const margin = 64;
  const width = HAND_SIZE + 2 * margin;
  const height = HAND_SIZE + ARM_LENGTH;
  const x = margin + HAND_SIZE * look.wrist[0];
  const y = HAND_SIZE * look.wrist[1];
  const arm = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs><linearGradient id="round" x1="0" x2="1">
      <stop offset="0" stop-color="#000" stop-opacity="0.32"/><stop offset="0.35" stop-color="#fff" stop-opacity="0.1"/>
      <stop offset="1" stop-color="#000" stop-opacity="0.38"/></linearGradient></defs>
    ${tube(x, y, 42, y + 170, 50, skin)}
    ${tube(x, y + 120, 68, height + 60, 96, sleeve)}
    <rect x="${x - 72}" y="${y + 118}" width="144" height="26" rx="12" fill="${sleeve}"/>
    <rect x="${x - 72}" y="${y + 118}" width="144" height="26" rx="12" fill="url(#round)"/>
  </svg>`;
  const { data, info } = await sharp(Buffer.from(arm))
    .composite([{ input: hand, left: margin, top: 0 }])
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const palm = [margin + HAND_SIZE / 2, HAND_SIZE / 2] as const;
  return cutToOutline(new Uint8ClampedArray(data), info.width, info.height, palm);
}

/** A round limb from (x, y0) to (x, y1), `r0` wide at its beginning and `r1` at its end. */
function tube(x: number, y0: number, r0: number, y1: number, r1: number, colour: string): string {
  const outline = `M${x - r0} ${y0} L${x + r0} ${y0} L${x + r1} ${y1} L${x - r1} ${y1} Z`;
  return `<path d="${outline}" fill="${colour}"/><path d="${outline}" fill="url(#round)"/>`;
}

/** The drawn forearm goes on in the colour that the art has at its wrist. */
async function colourAt(png: Buffer, [x, y]: readonly [x: number, y: number]): Promise<string> {
  const around = {
    left: Math.round(x * HAND_SIZE) - 8,
    top: Math.round(y * HAND_SIZE) - 24,
    width: 16,
    height: 16,
  };
  const { channels } = await sharp(await sharp(png).extract(around).flatten().png().toBuffer()).stats();
  return `rgb(${channels.map((c) => Math.round(c.mean)).join(" ")})`;
}
