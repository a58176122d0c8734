import type { Picture } from "@tillsight/models";
import sharp, { type Sharp } from "sharp";
import { createRandom, type Random } from "../../virtual/random.js";

/** One thing that may spoil a picture. `group` and `amount` place it in the plots. */
export interface Condition {
  readonly name: string;
  readonly group: string;
  readonly amount: number;
  apply(picture: Picture, random: Random): Picture | Promise<Picture>;
}

const clamp = (v: number): number => Math.max(0, Math.min(255, Math.round(v)));

function eachPixel(picture: Picture, of: (value: number, channel: number, at: number) => number): Picture {
  const data = new Uint8Array(picture.data.length);
  for (let i = 0; i < data.length; i++) data[i] = clamp(of(picture.data[i] as number, i % 3, i));
  return { ...picture, data };
}

const open = ({ width, height, data }: Picture) => sharp(data, { raw: { width, height, channels: 3 } });

async function rendered(image: Sharp): Promise<Picture> {
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

/** Colours of skin, cloth and cartons: what covers goods on a tray. */
const covers = ["#e0ac8c", "#8d5a3c", "#2b3440", "#7a7f86", "#b03a2e", "#d9d4c7"] as const;

/** Covers this share (0..1) of the picture from one side, with an uneven, grainy surface. */
function occlude(picture: Picture, share: number, random: Random): Picture {
  const colour = Number.parseInt(random.pick(covers).slice(1), 16);
  const [sin, cos] = [Math.sin, Math.cos].map((f) =>
    f((random.int(0, 3) * Math.PI) / 2 + random.between(-0.35, 0.35)),
  );
  const { width, height } = picture;
  const along = (i: number) => {
    const x = (((i / 3) % width) | 0) / width - 0.5;
    const y = ((i / 3 / width) | 0) / height - 0.5;
    return x * (cos ?? 1) + y * (sin ?? 0);
  };
  // The line that leaves exactly the share behind it, whatever its slope.
  const sampled: number[] = [];
  for (let i = 0; i < picture.data.length; i += 3 * 37) sampled.push(along(i));
  sampled.sort((a, b) => b - a);
  const from = sampled[Math.floor(share * sampled.length)] ?? 1;
  return eachPixel(picture, (value, channel, at) => {
    const depth = along(at - channel) - from;
    if (depth <= 0) return value;
    const base = (colour >> (16 - 8 * channel)) & 255;
    return base * (0.75 + Math.min(0.3, depth)) + random.gauss() * 3;
  });
}

/** Covers this share (0..1) of the picture by a patch that holds its middle, where the item is. */
function coverMiddle(picture: Picture, share: number, random: Random): Picture {
  const colour = Number.parseInt(random.pick(covers).slice(1), 16);
  const { width, height } = picture;
  const ratio = random.between(0.7, 1.4);
  const [w, h] = [Math.sqrt(share * ratio), Math.sqrt(share / ratio)];
  // Off the middle by no more than leaves the middle covered, and inside the picture.
  const from = (length: number) =>
    Math.max(0, Math.min(1 - length, random.between(0.5 - 0.8 * length, 0.5 - 0.2 * length)));
  const [x0, y0] = [from(w), from(h)];
  return eachPixel(picture, (value, channel, at) => {
    const x = (((at / 3) | 0) % width) / width - x0;
    const y = ((at / 3 / width) | 0) / height - y0;
    if (x < 0 || y < 0 || x >= w || y >= h) return value;
    return ((colour >> (16 - 8 * channel)) & 255) * (0.8 + 0.3 * (x / w)) + random.gauss() * 3;
  });
}

function cast(gains: readonly [number, number, number]): Condition["apply"] {
  return (picture) => eachPixel(picture, (value, channel) => value * (gains[channel] ?? 1));
}

/** A line of `share` of the picture's width, in one of four directions. */
function motionBlur(picture: Picture, share: number, random: Random): Promise<Picture> {
  const length = Math.max(3, Math.round((picture.width * share) / 2) * 2 + 1);
  const kernel = new Array<number>(length * length).fill(0);
  const direction = random.int(0, 3);
  const half = (length - 1) / 2;
  for (let i = 0; i < length; i++) {
    const x = direction === 1 ? half : i;
    const y = direction === 0 ? half : direction === 3 ? length - 1 - i : i;
    kernel[y * length + x] = 1;
  }
  return rendered(open(picture).convolve({ width: length, height: length, kernel, scale: length }));
}

/** Turned about its middle; corners that come in from outside are the letterbox's grey. */
async function rotate(picture: Picture, degrees: number): Promise<Picture> {
  const { width, height } = picture;
  const turned = await rendered(open(picture).rotate(degrees, { background: "#727272" }));
  const left = Math.max(0, Math.floor((turned.width - width) / 2));
  const top = Math.max(0, Math.floor((turned.height - height) / 2));
  const w = Math.min(width, turned.width);
  return rendered(open(turned).extract({ left, top, width: w, height: Math.min(height, turned.height) }));
}

const scaled = (picture: Picture, side: number): Promise<Picture> =>
  rendered(open(picture).resize(side, side, { fit: "inside" }));

async function jpeg(picture: Picture, quality: number): Promise<Picture> {
  return rendered(sharp(await open(picture).jpeg({ quality }).toBuffer()));
}

const condition = (group: string, amount: number, unit: string, apply: Condition["apply"]): Condition => ({
  ...{ name: `${group} ${amount}${unit}`, group, amount, apply },
});

/** Everything the issue names, gentle to harsh. */
export const conditions: readonly Condition[] = [
  ...[10, 20, 30, 40, 50].map((n) => condition("side covered", n, " %", (p, r) => occlude(p, n / 100, r))),
  ...[10, 20, 30, 40, 50].map((n) =>
    condition("middle covered", n, " %", (p, r) => coverMiddle(p, n / 100, r)),
  ),
  ...[0.4, 0.5, 0.7, 1.4, 1.8].map((n) => condition("light x", n, "", (p) => eachPixel(p, (v) => v * n))),
  condition("warm light", 1, "", cast([1.15, 1, 0.75])),
  condition("cold light", 1, "", cast([0.8, 1, 1.2])),
  condition("green light", 1, "", cast([0.88, 1.12, 0.88])),
  ...[3, 6].map((n) => condition("motion blur", n, " % of the width", (p, r) => motionBlur(p, n / 100, r))),
  ...[1, 2].map((n) =>
    condition("defocus", n, " % of the width", (p) => rendered(open(p).blur((p.width * n) / 100))),
  ),
  ...[10, 25].map((n) => condition("noise", n, "", (p, r) => eachPixel(p, (v) => v + r.gauss() * n))),
  ...[15, 45, 90, 135, 180].map((n) => condition("rotation", n, "°", (p) => rotate(p, n))),
  ...[96, 64, 48].map((n) => condition("scale", n, " pixels across", (p) => scaled(p, n))),
  condition("JPEG", 30, "", (p) => jpeg(p, 30)),
];

/** The same picture, condition and seed give the same pixels. */
export const degraded = async (picture: Picture, c: Condition, key: string): Promise<Picture> =>
  c.apply(picture, createRandom(1).fork(`${c.name} ${key}`));
