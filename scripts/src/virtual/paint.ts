import type { Shadow, Sprite } from "./raster.js";
import type { Light } from "./scene.js";

/** RGB, 8 bits a channel, that is drawn on. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

export function createCanvas(width: number, height: number): Canvas {
  return { width, height, data: new Uint8ClampedArray(width * height * 3) };
}

/** Draws `sprite` with its anchor at (x, y); what falls outside is cut off. */
export function drawSprite(canvas: Canvas, sprite: Sprite, x: number, y: number): void {
  const left = Math.round(x + sprite.left);
  const top = Math.round(y + sprite.top);
  const [x0, x1] = [Math.max(0, left), Math.min(canvas.width, left + sprite.width)];
  const [y0, y1] = [Math.max(0, top), Math.min(canvas.height, top + sprite.height)];
  const { data: out } = canvas;
  const { data: src } = sprite;
  for (let row = y0; row < y1; row++) {
    let from = ((row - top) * sprite.width + x0 - left) * 4;
    let to = (row * canvas.width + x0) * 3;
    for (let col = x0; col < x1; col++, from += 4, to += 3) {
      const rest = 255 - (src[from + 3] as number);
      if (rest === 255) continue;
      out[to] = (src[from] as number) + ((out[to] as number) * rest) / 255;
      out[to + 1] = (src[from + 1] as number) + ((out[to + 1] as number) * rest) / 255;
      out[to + 2] = (src[from + 2] as number) + ((out[to + 2] as number) * rest) / 255;
    }
  }
}

/** Darkens what lies under the shadow of something whose anchor is at (x, y). */
export function drawShadow(canvas: Canvas, shadow: Shadow, x: number, y: number): void {
  const left = Math.round(x + shadow.left);
  const top = Math.round(y + shadow.top);
  const [x0, x1] = [Math.max(0, left), Math.min(canvas.width, left + shadow.width)];
  const [y0, y1] = [Math.max(0, top), Math.min(canvas.height, top + shadow.height)];
  const { data: out } = canvas;
  for (let row = y0; row < y1; row++) {
    let from = (row - top) * shadow.width + x0 - left;
    let to = (row * canvas.width + x0) * 3;
    for (let col = x0; col < x1; col++, from++, to += 3) {
      const rest = 255 - (shadow.data[from] as number);
      if (rest === 255) continue;
      out[to] = ((out[to] as number) * rest) / 255;
      out[to + 1] = ((out[to + 1] as number) * rest) / 255;
      out[to + 2] = ((out[to + 2] as number) * rest) / 255;
    }
  }
}

/** How the lens darkens towards the corners: 0..1 for each pixel. */
export function vignette(width: number, height: number): Float32Array {
  const field = new Float32Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const dx = x / width - 0.5;
      const dy = y / height - 0.5;
      field[y * width + x] = 1 - 0.3 * (dx * dx + dy * dy);
    }
  return field;
}

/**
 * The picture that the sensor gives: light, white balance and lens on `canvas`, plus noise. `noise` is a table
 * longer than a row; `offset` gives where in it row `y` begins.
 */
export function expose(
  canvas: Canvas,
  light: Light,
  field: Float32Array,
  noise: Int8Array,
  offset: (row: number) => number,
): Uint8ClampedArray {
  const { width, height, data } = canvas;
  const out = new Uint8ClampedArray(data.length);
  const red = light.brightness * (1 + 0.1 * light.warmth);
  const green = light.brightness;
  const blue = light.brightness * (1 - 0.14 * light.warmth);
  const slopeX = (Math.sin((light.from * Math.PI) / 180) * light.slope) / width;
  const slopeY = (-Math.cos((light.from * Math.PI) / 180) * light.slope) / height;
  for (let y = 0; y < height; y++) {
    const base = 1 + slopeY * (y - height / 2) * 2;
    let at = y * width * 3;
    let n = offset(y);
    for (let x = 0; x < width; x++, at += 3, n += 3) {
      const g = (base + slopeX * (x - width / 2) * 2) * (field[y * width + x] as number);
      out[at] = (data[at] as number) * g * red + (noise[n] as number);
      out[at + 1] = (data[at + 1] as number) * g * green + (noise[n + 1] as number);
      out[at + 2] = (data[at + 2] as number) * g * blue + (noise[n + 2] as number);
    }
  }
  return out;
}
