import { likelihoodOf, loadDetector, loadPrintJudge, type PrintJudge } from "@tillsight/models";
import sharp from "sharp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { benchTrays } from "../bench/trays.js";
import { createRandom } from "../virtual/random.js";
import { referencePhotos } from "../virtual/reference-photos.js";
import { TrayRenderer } from "../virtual/renderer.js";
import { demoProduct } from "../virtual/store.js";
import { decode, print } from "./pictures.js";

const goods = ["broccoli", "cheese", "pretzel", "juice-apple"];
/** Loading networks and rendering takes long where many tests run at once. */
const patienceMs = 240_000;

let judge: PrintJudge;
beforeAll(async () => {
  judge = await loadPrintJudge({ threads: 1 });
}, patienceMs);
afterAll(() => judge?.close());

async function logOdds(jpeg: Buffer): Promise<number> {
  const picture = await decode(jpeg);
  const [look] = await judge.judge(picture, [{ x: 0, y: 0, w: picture.width, h: picture.height }]);
  return look?.logOdds ?? Number.NaN;
}

it(
  "a leaflet looks more like a picture than the product does",
  async () => {
    const pairs: [product: number, leaflet: number][] = [];
    for (const [i, sku] of goods.entries()) {
      const [photo] = await referencePhotos(demoProduct(sku), 1, 3);
      if (!photo) throw new RangeError(sku);
      const { width, height, data } = photo;
      const jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
        .jpeg({ quality: 90 })
        .toBuffer();
      pairs.push([await logOdds(jpeg), await logOdds(await print(jpeg, createRandom(i)))]);
    }
    const right = pairs.filter(([product, leaflet]) => leaflet > product).length;
    expect(right, JSON.stringify(pairs)).toBeGreaterThanOrEqual(goods.length - 1);
  },
  patienceMs,
);

it(
  "goods on the virtual lane's tray are hardly ever taken for pictures",
  async () => {
    const detector = await loadDetector({ threads: 1 });
    const renderer = new TrayRenderer(1);
    const likelihoods: number[] = [];
    for (const [i, scene] of benchTrays(2).entries()) {
      const picture = await renderer.render(scene, i);
      const boxes = (await detector.detect(picture)).map(({ box }) => box);
      likelihoods.push(...(await judge.judge(picture, boxes)).map((l) => likelihoodOf(l.logOdds)));
    }
    await detector.close();
    expect(likelihoods.length).toBeGreaterThanOrEqual(16);
    expect(likelihoods.filter((p) => p >= judge.notice).length).toBeLessThanOrEqual(1);
  },
  patienceMs,
);
