/** RGBA, 8 bits a channel, colours already multiplied by alpha; `(left, top)` is where pixel 0,0 lies seen
 * from the sprite's anchor. */
export interface Sprite {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  readonly data: Uint8ClampedArray;
}

/** How much light a thing takes from its surroundings, 0..255 a pixel. */
export interface Shadow {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  readonly data: Uint8ClampedArray;
}

/** Maps the plane: `x' = a x + b y`, `y' = c x + d y`. */
export interface Linear {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/** Turned clockwise by `turn` degrees after being slanted, squeezed and scaled. */
export function poseMatrix(scale: number, turn: number, shear: number, squeeze: number): Linear {
  const cos = Math.cos((turn * Math.PI) / 180) * scale;
  const sin = Math.sin((turn * Math.PI) / 180) * scale;
  return { a: cos, b: (cos * shear - sin) * squeeze, c: sin, d: (sin * shear + cos) * squeeze };
}

// Four samples a pixel: art is shrunk to about half, where one bilinear sample would shimmer.
const SUBSAMPLES = [
  [-0.25, -0.25],
  [0.25, -0.25],
  [-0.25, 0.25],
  [0.25, 0.25],
] as const;

/** `source` seen through `m`; the anchor of the source stays the anchor of the result. */
export function transform(source: Sprite, m: Linear): Sprite {
  const corners = [
    [source.left, source.top],
    [source.left + source.width, source.top],
    [source.left, source.top + source.height],
    [source.left + source.width, source.top + source.height],
  ].map(([x = 0, y = 0]) => [m.a * x + m.b * y, m.c * x + m.d * y] as const);
  const left = Math.floor(Math.min(...corners.map((c) => c[0]))) - 1;
  const top = Math.floor(Math.min(...corners.map((c) => c[1]))) - 1;
  const width = Math.ceil(Math.max(...corners.map((c) => c[0]))) + 1 - left;
  const height = Math.ceil(Math.max(...corners.map((c) => c[1]))) + 1 - top;
  const det = m.a * m.d - m.b * m.c;
  const inverse = { a: m.d / det, b: -m.b / det, c: -m.c / det, d: m.a / det };
  const data = new Uint8ClampedArray(width * height * 4);
  const sum = new Float64Array(4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      sum.fill(0);
      for (const [dx, dy] of SUBSAMPLES) {
        const px = left + x + 0.5 + dx;
        const py = top + y + 0.5 + dy;
        const sx = inverse.a * px + inverse.b * py - source.left - 0.5;
        const sy = inverse.c * px + inverse.d * py - source.top - 0.5;
        addSample(source, sx, sy, sum);
      }
      const at = (y * width + x) * 4;
      for (let c = 0; c < 4; c++) data[at + c] = (sum[c] as number) / SUBSAMPLES.length;
    }
  return { width, height, left, top, data };
}

/** Adds the bilinear sample at (x, y) to `sum`. The outermost ring counts as empty, so sprites keep it so. */
function addSample(source: Sprite, x: number, y: number, sum: Float64Array): void {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  if (x0 < 0 || y0 < 0 || x0 + 1 >= source.width || y0 + 1 >= source.height) return;
  const fx = x - x0;
  const fy = y - y0;
  const upper = (y0 * source.width + x0) * 4;
  const lower = upper + source.width * 4;
  const { data } = source;
  for (let c = 0; c < 4; c++) {
    const above = (data[upper + c] as number) * (1 - fx) + (data[upper + 4 + c] as number) * fx;
    const below = (data[lower + c] as number) * (1 - fx) + (data[lower + 4 + c] as number) * fx;
    sum[c] = (sum[c] as number) + above * (1 - fy) + below * fy;
  }
}

/** Soft shadow of a sprite: its outline spread by about `spread` pixels, at most `strength` (0..1) dark. */
export function castShadow(sprite: Sprite, spread: number, strength: number): Shadow {
  const margin = spread * 2;
  const width = sprite.width + 2 * margin;
  const height = sprite.height + 2 * margin;
  let plane = new Float32Array(width * height);
  for (let y = 0; y < sprite.height; y++)
    for (let x = 0; x < sprite.width; x++)
      plane[(y + margin) * width + x + margin] = sprite.data[(y * sprite.width + x) * 4 + 3] as number;
  const rows = { length: width, lines: height, step: 1, stride: width };
  const columns = { length: height, lines: width, step: width, stride: 1 };
  const radius = Math.max(1, Math.round(spread / 2));
  // Two box blurs each way come close enough to a Gaussian.
  for (const along of [rows, columns, rows, columns]) plane = boxBlur(plane, along, radius);
  const data = new Uint8ClampedArray(plane.length);
  for (let i = 0; i < plane.length; i++) data[i] = (plane[i] as number) * strength;
  return { width, height, left: sprite.left - margin, top: sprite.top - margin, data };
}

/** Where the numbers of one line lie: `length` of them, `step` apart; the lines begin `stride` apart. */
interface Along {
  readonly length: number;
  readonly lines: number;
  readonly step: number;
  readonly stride: number;
}

function boxBlur(plane: Float32Array, along: Along, radius: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(plane.length);
  const { length, step } = along;
  for (let line = 0; line < along.lines; line++) {
    const start = line * along.stride;
    let sum = 0;
    for (let i = 0; i < Math.min(radius, length); i++) sum += plane[start + i * step] as number;
    for (let i = 0; i < length; i++) {
      if (i + radius < length) sum += plane[start + (i + radius) * step] as number;
      if (i - radius - 1 >= 0) sum -= plane[start + (i - radius - 1) * step] as number;
      out[start + i * step] = sum / (2 * radius + 1);
    }
  }
  return out;
}
