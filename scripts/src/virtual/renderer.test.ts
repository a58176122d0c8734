import type { Picture } from "@tillsight/models";
import { expect, test } from "vitest";
import { TrayRenderer } from "./renderer.js";
import { type ItemPose, type Scene, steadyLight } from "./scene.js";

const apple: ItemPose = { id: "a", art: "1f34e", x: 400, y: 300, size: 130, turn: 20, shear: 0, squeeze: 1 };
const empty: Scene = { ground: "slate", light: steadyLight, items: [], carried: [], hand: null };
const hand = { art: "1f590", tone: "1f3fd", sleeve: "#2f4d7a", x: 640, y: 400, turn: 0, size: 280 } as const;

const at = ({ width, data }: Picture, x: number, y: number): number[] => [
  ...data.slice((y * width + x) * 3, (y * width + x) * 3 + 3),
];
/** Share of the values that differ by more than `by`. */
const changed = (a: Picture, b: Picture, by: number): number =>
  a.data.filter((value, i) => Math.abs(value - (b.data[i] as number)) > by).length / a.data.length;

test("the same scene and frame number give the same picture, in another renderer too", async () => {
  const scene = { ...empty, items: [apple], hand };
  const [one, two] = [await new TrayRenderer(4).render(scene, 9), await new TrayRenderer(4).render(scene, 9)];
  expect(one.width * one.height * 3).toBe(one.data.length);
  expect(changed(one, two, 0)).toBe(0);
});

test("a still tray never gives the same picture twice, but nearly", async () => {
  const renderer = new TrayRenderer(1);
  const scene = { ...empty, items: [apple] };
  const [one, two] = [await renderer.render(scene, 1), await renderer.render(scene, 2)];
  expect(changed(one, two, 0)).toBeGreaterThan(0.5);
  expect(changed(one, two, 20)).toBeLessThan(0.001);
});

test("a thing is seen where it lies, with its shadow, and nowhere else", async () => {
  const renderer = new TrayRenderer(1);
  const before = await renderer.render(empty, 1);
  const after = await renderer.render({ ...empty, items: [apple] }, 1);
  const [red, green] = at(after, 400, 310);
  expect(red).toBeGreaterThan(120);
  expect(green).toBeLessThan(90);
  const area = changed(before, after, 20) * 1280 * 720;
  expect(area).toBeGreaterThan(100 * 100 * 0.5);
  expect(area).toBeLessThan(200 * 200);
});

test("what is taken away leaves nothing behind", async () => {
  const renderer = new TrayRenderer(1);
  const before = await renderer.render(empty, 1);
  await renderer.render({ ...empty, items: [apple], hand }, 2);
  expect(changed(before, await renderer.render(empty, 1), 0)).toBe(0);
});

test("an arm reaches from the hand over the picture's edge", async () => {
  const renderer = new TrayRenderer(1);
  const before = await renderer.render(empty, 1);
  const after = await renderer.render({ ...empty, hand }, 1);
  for (const y of [400, 560, 719]) {
    const row = Array.from({ length: 1280 }, (_, x) => x).filter((x) =>
      at(after, x, y).some((value, c) => Math.abs(value - (at(before, x, y)[c] ?? 0)) > 25),
    );
    expect(row.length).toBeGreaterThan(60);
  }
});

test("art that does not exist is named", async () => {
  const scene = { ...empty, items: [{ ...apple, art: "1ffff" }] };
  await expect(new TrayRenderer().render(scene, 0)).rejects.toThrow(/no art for code point 1ffff/);
});
