import { existsSync, readFileSync } from "node:fs";
import {
  artificialLikelihood,
  measureArtificial,
  type PhotoReader,
  type PhotoReading,
  photoReader,
} from "@tillsight/cloud-sync";
import { openNetworks, parseConfig } from "@tillsight/edge-daemon";
import type { Picture } from "@tillsight/models";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readGrocery } from "../bench/recognition/photos.js";
import { artPath } from "../virtual/art.js";
import { createRandom } from "../virtual/random.js";
import { referencePhotos } from "../virtual/reference-photos.js";
import { TrayRenderer } from "../virtual/renderer.js";
import { type ItemPose, steadyLight } from "../virtual/scene.js";
import { demoProduct } from "../virtual/store.js";
import { areaUnderCurve, fitLogistic } from "./fit.js";
import { decode, print, screenshot } from "./pictures.js";

const goods = ["broccoli", "cheese", "pretzel", "juice-apple"];
const renderer = new TrayRenderer(1);
const jpeg = ({ width, height, data }: Picture) =>
  sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
const photoOf = async (sku: string, seed = 3) => {
  const [photo] = await referencePhotos(demoProduct(sku), 1, seed);
  if (!photo) throw new RangeError(sku);
  return jpeg(photo);
};

async function tray(...skus: string[]): Promise<Buffer> {
  const items = skus.map((sku, i): ItemPose => {
    const { art, size } = demoProduct(sku);
    return { id: sku, art, x: 380 + i * 260, y: 360, size: size * 1.1, turn: 20 * i, shear: 0, squeeze: 1 };
  });
  const scene = { ground: "slate", light: steadyLight, items, carried: [], hand: null } as const;
  return jpeg(await renderer.render(scene, 1));
}

/** A crate of one product, seen from above: the picture is full of it. */
async function crate(sku: string): Promise<Buffer> {
  const { art, size } = demoProduct(sku);
  const items = Array.from(
    { length: 60 },
    (_, i): ItemPose => ({
      ...{ id: `${sku} ${i}`, art, size, turn: 37 * i, shear: 0, squeeze: 1 },
      ...{ x: ((i % 10) + 0.5) * 128, y: (Math.floor(i / 10) + 0.5) * 120 },
    }),
  );
  const scene = { ground: "slate", light: steadyLight, items, carried: [], hand: null } as const;
  return jpeg(await renderer.render(scene, 1));
}

const shopPhotos = "../shared/data/grocery";

const likelihood = async (bytes: Buffer) => artificialLikelihood(measureArtificial(await decode(bytes)));

describe("how likely a picture is no photo", () => {
  const table: [kind: string, make: (sku: string, i: number) => Promise<Buffer>, artificial: boolean][] = [
    ["photos on a sheet", (sku) => photoOf(sku), false],
    ["photos of a tray", (sku) => tray(sku), false],
    [
      "cut-outs on white",
      (sku) =>
        sharp(readFileSync(artPath(demoProduct(sku).art)))
          .flatten({ background: "#fff" })
          .jpeg()
          .toBuffer(),
      true,
    ],
    ["screenshots", async (sku, i) => screenshot(await photoOf(sku), createRandom(i)), true],
    ["prints", async (sku, i) => print(await photoOf(sku), createRandom(i)), true],
  ];
  it.each(table)("%s", async (_, make, artificial) => {
    const values = await Promise.all(goods.map(async (sku, i) => likelihood(await make(sku, i))));
    const right = values.filter((p) => p >= 0.5 === artificial);
    expect(right.length, values.map((p) => p.toFixed(2)).join(" ")).toBeGreaterThanOrEqual(goods.length - 1);
  });
});

let reader: PhotoReader;
let close: () => Promise<void>;
beforeAll(async () => {
  const networks = await openNetworks(parseConfig({ models: { threads: 1 } }, "the defaults"));
  reader = photoReader(networks.detector, networks.embedder, networks.print);
  close = () => networks.close();
});
afterAll(() => close());

const likeness = (a: PhotoReading, b: PhotoReading): number =>
  a.vector.reduce((sum, v, i) => sum + v * (b.vector[i] as number), 0);

describe("what is seen on a photo", () => {
  it("good photos of goods show one product, sharp and well lit", async () => {
    const counts = new Map<string, number>();
    for (const sku of goods) {
      const { boxes, sharpness, exposure } = await reader.read(await photoOf(sku));
      counts.set(sku, boxes.length);
      expect(sharpness, sku).toBeGreaterThan(0.15);
      expect(exposure.range, sku).toBeGreaterThan(30);
    }
    // The detector is trained for trays; of photos that one item fills it may miss a few.
    const single = [...counts.values()].filter((count) => count === 1).length;
    expect(single, JSON.stringify([...counts])).toBeGreaterThanOrEqual(goods.length * 0.7);
  });

  it("the same photos out of focus are much less sharp", async () => {
    for (const sku of goods) {
      const bytes = await photoOf(sku);
      const [sharp1, soft] = [
        await reader.read(bytes),
        await reader.read(await sharp(bytes).blur(8).jpeg().toBuffer()),
      ];
      expect(soft.sharpness, sku).toBeLessThan(0.1);
      expect(soft.sharpness / sharp1.sharpness, sku).toBeLessThan(0.2);
    }
  });

  it("three goods on a tray are three, an empty tray has none", async () => {
    expect((await reader.read(await tray("broccoli", "cheese", "pretzel"))).boxes).toHaveLength(3);
    expect((await reader.read(await tray())).box).toBeNull();
  });
});

describe("photos taken in a shop", () => {
  it("of a crate are taken whole, and what was seen all over them is kept for the verdict", async () => {
    for (const sku of ["lemon", "tomato", "potato"]) {
      const { box, boxes } = await reader.read(await crate(sku));
      expect(box, sku).toBeNull();
      expect(boxes.length, sku).toBeGreaterThan(1);
    }
  });

  it.skipIf(!existsSync(`${shopPhotos}/pictures.csv`))(
    "of crates and of cartons in a hand show the same product",
    async () => {
      const { photos } = readGrocery(shopPhotos);
      const shown: (PhotoReading & { classId: number })[] = [];
      for (const { shot, classId } of [3, 11, 20, 34, 45, 55].flatMap((id) =>
        photos.filter((p) => p.classId === id).slice(0, 2),
      ))
        shown.push({ classId, ...(await reader.read(await jpeg(await shot.picture()))) });
      const whole = shown.filter(({ box, boxes }) => !box && boxes.length > 0);
      expect(whole.length).toBeGreaterThanOrEqual(shown.length - 2);
      const nearest = shown.map((one) =>
        shown
          .filter((other) => other !== one)
          .reduce((a, b) => (likeness(one, b) > likeness(one, a) ? b : a)),
      );
      const right = shown.filter((one, i) => nearest[i]?.classId === one.classId);
      expect(right.length).toBeGreaterThanOrEqual(shown.length - 3);
    },
  );
});

describe("the fit", () => {
  it("finds the rule behind its samples, and how well a value tells two kinds apart", () => {
    const random = createRandom(1);
    const samples = Array.from({ length: 200 }, () => {
      const [a, b] = [random.next(), random.next()];
      return { x: [a, b], y: a > 0.6 ? 1 : 0 } as const;
    });
    const [a = 0, b = 0, bias = 0] = fitLogistic(samples);
    expect(a).toBeGreaterThan(5 * Math.abs(b));
    expect(-bias / a).toBeCloseTo(0.6, 1);
    expect(areaUnderCurve([2, 3], [1, 2])).toBe(0.875);
  });
});
