import { readFileSync } from "node:fs";
import {
  artificialLikelihood,
  measureArtificial,
  type PhotoReader,
  photoReader,
} from "@tillsight/cloud-sync";
import { openNetworks, parseConfig } from "@tillsight/edge-daemon";
import type { Picture } from "@tillsight/models";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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

describe("what is seen on a photo", () => {
  let reader: PhotoReader;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const networks = await openNetworks(parseConfig({ models: { threads: 1 } }, "the defaults"));
    reader = photoReader(networks.detector, networks.embedder, networks.print);
    close = () => networks.close();
  });
  afterAll(() => close());

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
