import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InvariantError } from "@tillsight/contracts";
import type { Picture } from "@tillsight/models";
import sharp from "sharp";
import { artPath } from "../virtual/art.js";
import { createRandom, type Random } from "../virtual/random.js";
import { referencePhotos } from "../virtual/reference-photos.js";
import { demoStore } from "../virtual/store.js";

/** One picture of a known kind. `held` ones are tested on and never fitted to. */
export interface Known {
  readonly kind: "photo" | "sheet" | "packshot" | "rendered" | "screenshot" | "print";
  readonly held: boolean;
  picture(): Promise<Picture>;
}

/** As enrolment decodes: at most this many pixels a side. */
const side = 1280;

export async function decode(bytes: Uint8Array): Promise<Picture> {
  const { data, info } = await sharp(bytes)
    .rotate()
    .resize({ width: side, height: side, fit: "inside", withoutEnlargement: true })
    .flatten({ background: "#ffffff" })
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

/** Saved again, as pictures are on their way from a phone: cut, scaled, compressed. */
async function passedOn(bytes: Uint8Array, random: Random): Promise<Picture> {
  const source = sharp(bytes)
    .rotate()
    .flatten({ background: random.pick(["#ffffff", "#f3f3f3", "#202020"]) });
  const { width = 300, height = 300 } = await sharp(bytes).metadata();
  const scale = random.between(0.6, 1);
  const sized = source.resize(Math.round(width * scale), Math.round(height * scale));
  const out = random.int(0, 9);
  return decode(
    out < 7
      ? await sized.jpeg({ quality: random.int(70, 95) }).toBuffer()
      : out < 9
        ? await sized.webp({ quality: random.int(70, 95) }).toBuffer()
        : await sized.png().toBuffer(),
  );
}

const rows = (path: string): string[][] =>
  readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));

/** Goods on a plain sheet through the virtual camera, with its light and grain: no collection has such photographs. */
const sheets = (each: number): Known[] =>
  Array.from({ length: each }, (_, i) => {
    const item = demoStore[i % demoStore.length] ?? demoStore[0];
    return {
      kind: "sheet",
      held: (i % demoStore.length) % 3 === 0,
      picture: async () => {
        const [photo] = item ? await referencePhotos(item, 1, i) : [];
        if (!photo) throw new InvariantError("there is nothing to photograph");
        const { width, height, data } = photo;
        const bytes = await sharp(data, { raw: { width, height, channels: 3 } })
          .png()
          .toBuffer();
        return passedOn(bytes, createRandom(i).fork("sheet"));
      },
    };
  });

/**
 * Photographs, catalogue pictures, drawn goods, screenshots of shop pages and prints. The last two are made here of
 * photographs, since there is no collection of them; every third product of each kind is held back.
 */
export function knownPictures(dataDir: string, artDir: string, each: number): Known[] {
  const photos = rows(join(dataDir, "pictures.csv")).map(([, path = "", id = "0"]) => ({
    file: join(dataDir, path),
    held: Number(id) % 3 === 0,
  }));
  const iconic = readdirSync(join(dataDir, "iconic")).map((name, i) => ({
    file: join(dataDir, "iconic", name),
    held: i % 3 === 0,
  }));
  const art = readdirSync(artDir)
    .filter((name) => /^1f(3[0-9]|4[0-9]|9[0-9])[0-9a-f]\.webp$/.test(name))
    .map((name, i) => ({ file: artPath(name.replace(".webp", "")), held: i % 3 === 0 }));
  const take = <T>(list: readonly T[], n: number, seed: number): T[] => {
    const random = createRandom(seed);
    return Array.from({ length: n }, () => random.pick(list));
  };
  const known = (kind: Known["kind"], of: readonly { file: string; held: boolean }[], n: number): Known[] =>
    take(of, n, kind.length).map(({ file, held }, i) => ({
      kind,
      held,
      picture: async () => make(kind, readFileSync(file), createRandom(i).fork(kind)),
    }));
  return [
    ...known("photo", photos, 2 * each),
    ...sheets(each),
    ...known("packshot", iconic, each),
    ...known("rendered", art, each),
    ...known("screenshot", [...photos, ...iconic], each),
    ...known("print", photos, each),
  ];
}

async function make(kind: Known["kind"], bytes: Uint8Array, random: Random): Promise<Picture> {
  if (kind === "screenshot") return passedOn(await screenshot(bytes, random), random);
  if (kind === "print") return passedOn(await print(bytes, random), random);
  return passedOn(bytes, random);
}

/** A shop's page with the picture on it. */
export async function screenshot(bytes: Uint8Array, random: Random): Promise<Buffer> {
  const [width, height] = random.pick([
    [390, 844],
    [1080, 720],
    [1280, 800],
  ] as const);
  const dark = random.next() < 0.3;
  const ink = dark ? "#e8e8e8" : "#202124";
  const top = random.int(40, 90);
  const size = Math.round(Math.min(width, height) * random.between(0.35, 0.8));
  const lines = Array.from({ length: random.int(3, 9) }, (_, i) => {
    const y = top + size + 40 + i * 26;
    return `<text x="24" y="${y}" font-size="${random.int(13, 22)}" font-family="sans-serif" fill="${ink}">${words(random)}</text>`;
  });
  const bar = random.pick(["#1a73e8", "#c62828", "#2e7d32", "#f5f5f5"]);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="100%" height="100%" fill="${dark ? "#121212" : "#ffffff"}"/>
    <rect width="100%" height="${top - 12}" fill="${bar}"/>${lines.join("")}
    <rect x="24" y="${height - 60}" width="160" height="40" rx="8" fill="${bar}"/></svg>`;
  const shown = await sharp(bytes).rotate().resize(size, size, { fit: "cover" }).png().toBuffer();
  return sharp(Buffer.from(svg))
    .composite([{ input: shown, left: random.int(0, width - size), top }])
    .png()
    .toBuffer();
}

const words = (random: Random): string =>
  Array.from({ length: random.int(2, 6) }, () =>
    random.pick([
      "price",
      "fresh",
      "apple",
      "1.99",
      "add to cart",
      "500 g",
      "delivery",
      "tomorrow",
      "organic",
    ]),
  ).join(" ");

/** A leaflet held before the camera: dots of ink on paper, a white margin, a little turned. */
export async function print(bytes: Uint8Array, random: Random): Promise<Buffer> {
  const size = random.int(420, 700);
  const { data } = await sharp(bytes)
    .rotate()
    .resize(size, size, { fit: "cover" })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const pitch = random.between(3.2, 7);
  const angles = [0.26, 1.31, 0];
  const soft = random.between(0.35, 0.75);
  for (let y = 0, at = 0; y < size; y++)
    for (let x = 0; x < size; x++)
      for (let c = 0; c < 3; c++, at++) {
        const angle = angles[c] ?? 0;
        const u = (x * Math.cos(angle) + y * Math.sin(angle)) / pitch;
        const v = (y * Math.cos(angle) - x * Math.sin(angle)) / pitch;
        const screen = 0.5 + 0.25 * (Math.cos(2 * Math.PI * u) + Math.cos(2 * Math.PI * v));
        const value = (data[at] as number) / 255;
        const dot = value > screen ? 235 : 35;
        data[at] = Math.round(soft * dot + (1 - soft) * (35 + 200 * value) + random.gauss() * 2);
      }
  const margin = random.int(0, 60);
  return sharp(data, { raw: { width: size, height: size, channels: 3 } })
    .extend({ top: margin, bottom: margin, left: margin, right: margin, background: "#efece4" })
    .rotate(random.between(-6, 6), { background: "#8a8378" })
    .blur(random.between(0.4, 0.9))
    .png()
    .toBuffer();
}
