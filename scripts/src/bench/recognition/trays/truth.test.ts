import { Sku } from "@tillsight/contracts";
import { describe, expect, it } from "vitest";
import { loadArt } from "../../../virtual/art.js";
import { createRandom } from "../../../virtual/random.js";
import { TrayRenderer } from "../../../virtual/renderer.js";
import { type ItemPose, type Scene, steadyLight } from "../../../virtual/scene.js";
import { composeTray } from "./compose.js";
import { virtualGoods } from "./goods.js";
import { truthOf } from "./truth.js";

const pose = (id: string, x: number): ItemPose => ({
  ...{ id, art: "1f34e", x, y: 300, size: 150, turn: 20, shear: 0, squeeze: 1 },
});
const scene = (...items: ItemPose[]): Scene => ({
  ...{ ground: "slate", light: steadyLight, items, carried: [], hand: null },
});
const plan = { items: 1, crowding: "apart", hand: false } as const;
const tray = (of: Scene) => ({ plan, scene: of, skus: of.items.map(() => Sku.parse("apple-red")) });

describe("what is true of a tray", () => {
  it("a box fits what the renderer draws", async () => {
    const renderer = new TrayRenderer(1);
    const [bare, laid] = [await renderer.render(scene(), 1), await renderer.render(scene(pose("a", 600)), 1)];
    const [item] = await truthOf(tray(scene(pose("a", 600))), loadArt);
    const [x, y] = [(item?.box.x ?? 0) + 60, (item?.box.y ?? 0) + 70];
    const differs = (px: number, py: number) => {
      const at = (Math.round(py) * 1280 + Math.round(px)) * 3;
      return (
        Math.abs((bare.data[at] ?? 0) - (laid.data[at] ?? 0)) +
        Math.abs((bare.data[at + 1] ?? 0) - (laid.data[at + 1] ?? 0))
      );
    };
    expect(differs(x, y)).toBeGreaterThan(40);
    expect(differs((item?.box.x ?? 0) - 8, y)).toBeLessThan(40);
    expect(item?.box.w).toBeGreaterThan(100);
    expect(item?.box.w).toBeLessThan(190);
  });

  it("what lies below is cut to what is in sight, and is nothing when hardly any is", async () => {
    const half = await truthOf(tray(scene(pose("a", 600), pose("b", 660))), loadArt);
    expect(half.map(({ visible }) => visible > 0.99)).toEqual([false, true]);
    expect(half[0]?.box.w).toBeLessThan((half[1]?.box.w ?? 0) * 0.9);
    expect(await truthOf(tray(scene(pose("a", 600), pose("b", 606))), loadArt)).toHaveLength(1);
  });

  it("what a hand covers is not in sight", async () => {
    const bare = composeTray(
      { items: 8, crowding: "apart", hand: false },
      virtualGoods.items,
      createRandom(3),
    );
    const under = composeTray(
      { items: 8, crowding: "apart", hand: true },
      virtualGoods.items,
      createRandom(3),
    );
    const [open, covered] = [await truthOf(bare, loadArt), await truthOf(under, loadArt)];
    const seen = (list: typeof open) => list.reduce((sum, { visible }) => sum + visible, 0);
    expect(open).toHaveLength(8);
    expect(seen(covered)).toBeLessThan(seen(open) - 0.2);
  });
});

describe("composed trays", () => {
  it("are the same for the same seed, hold as many goods as asked, and repeat some", () => {
    const make = (seed: number) =>
      composeTray({ items: 12, crowding: "touching", hand: false }, virtualGoods.items, createRandom(seed));
    expect(make(5)).toEqual(make(5));
    const trays = Array.from({ length: 8 }, (_, i) => make(i));
    expect(trays.every(({ skus }) => skus.length === 12)).toBe(true);
    expect(trays.some(({ skus }) => new Set(skus).size < skus.length)).toBe(true);
  });
});
