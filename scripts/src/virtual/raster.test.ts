import { expect, test } from "vitest";
import { createCanvas, drawShadow, drawSprite, expose, vignette } from "./paint.js";
import { castShadow, poseMatrix, type Sprite, transform } from "./raster.js";
import { steadyLight } from "./scene.js";

/** An opaque red rectangle with an empty ring, anchored in its middle. */
function block(width: number, height: number): Sprite {
  const [w, h] = [width + 2, height + 2];
  const data = new Uint8ClampedArray(w * h * 4);
  for (let y = 1; y <= height; y++)
    for (let x = 1; x <= width; x++) data.set([200, 20, 10, 255], (y * w + x) * 4);
  return { width: w, height: h, left: -w / 2, top: -h / 2, data };
}

const area = (sprite: Sprite): number => {
  let sum = 0;
  for (let i = 3; i < sprite.data.length; i += 4) sum += sprite.data[i] as number;
  return sum / 255;
};

test.each([
  ["left as it is", 1, 0, 1],
  ["turned by 37 degrees", 1, 37, 1],
  ["shrunk to half", 0.5, 0, 0.25],
  ["shrunk and turned", 0.6, 211, 0.36],
] as const)("a thing that is %s covers the area that it should", (_name, scale, turn, share) => {
  const result = transform(block(80, 40), poseMatrix(scale, turn, 0, 1));
  expect(area(result) / (80 * 40)).toBeCloseTo(share, 1);
});

test("a quarter turn clockwise brings what was on the right to the bottom", () => {
  const source = block(40, 40);
  // Blue on the right half.
  for (let y = 1; y <= 40; y++)
    for (let x = 21; x <= 40; x++) source.data.set([0, 0, 200, 255], (y * source.width + x) * 4);
  const canvas = createCanvas(60, 60);
  drawSprite(canvas, transform(source, poseMatrix(1, 90, 0, 1)), 30, 30);
  const at = (x: number, y: number) => [...canvas.data.slice((y * 60 + x) * 3, (y * 60 + x) * 3 + 3)];
  expect(at(30, 15)).toEqual([200, 20, 10]);
  expect(at(30, 45)).toEqual([0, 0, 200]);
});

test("what lies over the picture's edge is cut off there and nowhere else appears", () => {
  const canvas = createCanvas(50, 50);
  drawSprite(canvas, block(20, 20), 0, 25);
  drawShadow(canvas, castShadow(block(20, 20), 6, 0.5), 60, 60);
  const columns = new Set<number>();
  canvas.data.forEach((value, i) => {
    if (value > 0) columns.add(Math.floor(i / 3) % 50);
  });
  expect(Math.max(...columns)).toBeLessThan(11);
});

test("a shadow is darkest under its thing, fades out and is never darker than its strength", () => {
  const shadow = castShadow(block(60, 60), 10, 0.4);
  const middle = shadow.data[Math.floor(shadow.height / 2) * shadow.width + Math.floor(shadow.width / 2)];
  expect(middle).toBeGreaterThan(95);
  expect(Math.max(...shadow.data)).toBeLessThanOrEqual(Math.ceil(255 * 0.4));
  expect(shadow.data[0]).toBeLessThan(3);
});

test("light, white balance and noise reach every pixel", () => {
  const canvas = createCanvas(64, 32);
  canvas.data.fill(100);
  const noise = new Int8Array(4096);
  const exposed = expose(canvas, { ...steadyLight, warmth: 1, slope: 0 }, vignette(64, 32), noise, () => 0);
  const middle = (16 * 64 + 32) * 3;
  expect(exposed[middle]).toBeGreaterThan(105);
  expect(exposed[middle + 2]).toBeLessThan(90);
  const flat = new Float32Array(64 * 32).fill(1);
  const dark = expose(canvas, { ...steadyLight, brightness: 0.5, slope: 0 }, flat, noise.fill(3), () => 0);
  expect(new Set(dark)).toEqual(new Set([53]));
});
