import { Product } from "@tillsight/contracts";
import { expect, test } from "vitest";
import { type Art, artPath, loadArt } from "./art.js";
import { demoScript } from "./demo-script.js";
import { TRAY } from "./ground.js";
import { proofScript } from "./proof-script.js";
import { poseMatrix, type Sprite, transform } from "./raster.js";
import { expectedLines, type Table, type TrayScript, tableAtCheckout } from "./script.js";
import { demoStore } from "./store.js";

const trays = proofScript(1, 64);
const pieces = (tray: TrayScript): number =>
  expectedLines(tray).reduce((sum, line) => sum + line.quantity, 0);
const steps = (all: readonly TrayScript[]) => all.flatMap((tray) => tray.steps);

test("the demo store is a valid catalog whose every product has a picture of its own", () => {
  for (const { product, art } of demoStore) {
    expect(Product.parse(product)).toEqual(product);
    expect(artPath(art)).toContain(art);
  }
  for (const of of [
    (e: (typeof demoStore)[number]) => e.product.sku,
    (e: (typeof demoStore)[number]) => e.art,
  ])
    expect(new Set(demoStore.map(of)).size).toBe(demoStore.length);
  const codes = demoStore.flatMap(({ product }) => [...product.gtins, ...(product.plu ? [product.plu] : [])]);
  expect(new Set(codes).size).toBe(codes.length);
});

test("the same seed writes the same script, another seed another one", () => {
  expect(proofScript(1, 64)).toEqual(trays);
  expect(proofScript(2, 64)).not.toEqual(trays);
  expect(demoScript(0)).toEqual(demoScript(0));
  expect(demoScript(1)).not.toEqual(demoScript(0));
});

test("the proof has every size of tray, repeats, removals, covering hands, light, moves and turns", () => {
  const sizes = trays.map(pieces);
  expect([Math.min(...sizes), Math.max(...sizes)]).toEqual([1, 12]);
  expect(
    trays.filter((tray) => expectedLines(tray).some((line) => line.quantity > 1)).length,
  ).toBeGreaterThan(10);
  for (const kind of ["bring", "take", "move", "turn", "cover", "light", "look"])
    expect(steps(trays).filter((step) => step.do === kind).length, kind).toBeGreaterThan(5);
  expect(new Set(trays.map((tray) => tray.ground)).size).toBe(5);
  expect(new Set(trays.flatMap((tray) => tableAtCheckout(tray).map((item) => item.sku))).size).toBe(
    demoStore.length,
  );
});

test("all things lie on the tray, under ids of their own", () => {
  for (const tray of [...trays, ...demoScript(3)]) {
    const table = tableAtCheckout(tray);
    expect(new Set(table.map(({ pose }) => pose.id)).size).toBe(table.length);
    for (const { pose } of table) {
      expect(pose.x).toBeGreaterThan(TRAY.x + pose.size * 0.4);
      expect(pose.x).toBeLessThan(TRAY.x + TRAY.w - pose.size * 0.4);
      expect(pose.y).toBeGreaterThan(TRAY.y + pose.size * 0.4);
      expect(pose.y).toBeLessThan(TRAY.y + TRAY.h - pose.size * 0.4);
    }
  }
});

test("things lie on one another, but each can still be told by eye", async () => {
  const shares: number[] = [];
  for (const tray of trays) shares.push(...(await visibleShares(tableAtCheckout(tray))));
  expect(Math.min(...shares)).toBeGreaterThan(0.6);
  expect(shares.filter((share) => share < 0.9).length).toBeGreaterThan(10);
});

const arts = new Map<string, Art>();

/** Which part of each thing is not hidden under another, 0..1. */
async function visibleShares(table: Table): Promise<number[]> {
  const owner = new Int32Array(1280 * 720).fill(-1);
  const areas: number[] = [];
  for (const [index, { pose }] of table.entries()) {
    const art = arts.get(pose.art) ?? (await loadArt(pose.art));
    arts.set(pose.art, art);
    const matrix = poseMatrix(pose.size * art.scale, pose.turn, pose.shear, pose.squeeze);
    areas.push(cover(owner, transform(art.sprite, matrix), pose.x, pose.y, index));
  }
  const seen = areas.map(() => 0);
  for (const index of owner) if (index >= 0) seen[index] = (seen[index] ?? 0) + 1;
  return seen.map((count, index) => count / (areas[index] ?? 1));
}

function cover(owner: Int32Array, sprite: Sprite, x: number, y: number, index: number): number {
  let area = 0;
  for (let i = 0; i < sprite.width * sprite.height; i++) {
    if ((sprite.data[i * 4 + 3] as number) < 128) continue;
    const column = Math.round(x + sprite.left) + (i % sprite.width);
    const row = Math.round(y + sprite.top) + Math.floor(i / sprite.width);
    owner[row * 1280 + column] = index;
    area++;
  }
  return area;
}
