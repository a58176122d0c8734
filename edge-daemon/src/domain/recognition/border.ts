import type { Box } from "@tillsight/contracts";
import { colourExcess, eachPlane, lightGain, lightGains, type Planes, type TrayGrid } from "./tray-grid.js";

/** Rings of cells at the picture's edge that are watched. */
const DEPTH = 2;
/**
 * Deviation beyond shading, in steps of 8 bits: a run of places that all deviate a little counts where some of
 * it deviate clearly, since a sleeve may be nearly as bright as the tray and an arm is never a speck.
 */
const LITTLE = 6;
const CLEAR = 12;
/** A run of this many neighbouring places, so many of them clear, is an arm (about 4 % of the picture's width). */
const MIN_RUN = 3;
const MIN_CLEAR = 2;
/** More of the border than this deviates only when the light has changed. */
const WIDESPREAD = 0.6;
/** Looks of the border that are remembered, so that goods which lay at the edge may leave it again. */
const MAX_LOOKS = 4;

/** Places each way whose median light a place is compared in: wider than two arms, narrower than a lamp's slope. */
const NEIGHBOURHOOD = 30;
/** The light is taken at every so many places and is straight between them. */
const LIGHT_STEP = 10;

/** The tray's edge: the colour of every place around it, clockwise from the top left corner. */
export type Border = Planes;
/** Known looks of the tray's edge, newest first. */
export type BorderLooks = readonly Border[];

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Cells of the ring `depth` cells inside, clockwise from the top left corner. */
function ring(columns: number, rows: number, depth: number): Place[] {
  const places: Place[] = [];
  for (let x = 0; x < columns; x++) places.push({ x, y: depth });
  for (let y = 0; y < rows; y++) places.push({ x: columns - 1 - depth, y });
  for (let x = columns - 1; x >= 0; x--) places.push({ x, y: rows - 1 - depth });
  for (let y = rows - 1; y >= 0; y--) places.push({ x: depth, y });
  return places;
}

export function borderOf(grid: TrayGrid): Border {
  const rings = Array.from({ length: DEPTH }, (_, d) => ring(grid.columns, grid.rows, d));
  const length = rings[0]?.length ?? 0;
  return eachPlane(grid.planes, (plane) => {
    const values = new Float32Array(length);
    for (const places of rings)
      places.forEach((p, i) => {
        values[i] = (values[i] ?? 0) + (plane[p.y * grid.columns + p.x] ?? 0) / DEPTH;
      });
    return values;
  });
}

/** What crosses the border. `places` are indices around it, in the order of `borderOf`. */
export interface Crossing {
  readonly kind: "clear" | "local" | "widespread";
  readonly places: readonly number[];
}

/**
 * How the light at each place changed. Lamps and sunshine fade over a long way and an arm has edges: the median
 * over a neighbourhood follows the one and not the other.
 */
function lightAlong(look: Float32Array, border: Float32Array): Float32Array {
  const n = border.length;
  const knots = Math.max(1, Math.round(n / LIGHT_STEP));
  const around = (a: Float32Array, middle: number) =>
    Float32Array.from(
      { length: 2 * NEIGHBOURHOOD + 1 },
      (_, k) => a[(middle + k - NEIGHBOURHOOD + 2 * n) % n] ?? 0,
    );
  const at = Array.from({ length: knots }, (_, k) => {
    const middle = Math.round((k * n) / knots);
    return lightGain(around(look, middle), around(border, middle));
  });
  return Float32Array.from({ length: n }, (_, i) => {
    const place = (i * knots) / n;
    const left = Math.floor(place);
    const a = at[left % knots] ?? 1;
    const b = at[(left + 1) % knots] ?? 1;
    return a + (b - a) * (place - left);
  });
}

/** The usual case, told at a tenth of the cost: one look explains every place in one light. */
function isSame(look: Border, border: Border): boolean {
  const gains = lightGains(look, border, 3);
  return look[0].every((_, i) => colourExcess(look, border, i, gains) <= LITTLE);
}

/** For each place how far it is from the known look that explains it best. */
function deviation(looks: BorderLooks, border: Border): Float32Array {
  const least = new Float32Array(border[0].length).fill(Number.POSITIVE_INFINITY);
  for (const look of looks) {
    const [r, g, b] = eachPlane(look, (plane, channel) => lightAlong(plane, border[channel]));
    for (let i = 0; i < least.length; i++) {
      const off = colourExcess(look, border, i, [r[i] as number, g[i] as number, b[i] as number]);
      least[i] = Math.min(least[i] as number, off);
    }
  }
  return least;
}

/** Compares the border with every known look; a place is clear where any of them explains it. */
export function findCrossing(looks: BorderLooks, border: Border): Crossing {
  if (looks.length === 0) return { kind: "clear", places: [] };
  if (looks.some((look) => isSame(look, border))) return { kind: "clear", places: [] };
  const off = deviation(looks, border);
  const clearly = (run: readonly number[]) => run.filter((i) => (off[i] ?? 0) > CLEAR).length;
  const all = runs(Array.from(off, (d) => d > LITTLE));
  const places = all.filter((run) => run.length >= MIN_RUN && clearly(run) >= MIN_CLEAR).flat();
  if (places.length === 0) return { kind: "clear", places };
  return { kind: places.length > WIDESPREAD * off.length ? "widespread" : "local", places };
}

/** Runs of deviating places around the border, which has no end. */
function runs(deviates: readonly boolean[]): number[][] {
  const n = deviates.length;
  const start = deviates.indexOf(false);
  if (start < 0) return n ? [deviates.map((_, i) => i)] : [];
  const found: number[][] = [];
  let current: number[] = [];
  for (let k = 1; k <= n; k++) {
    const i = (start + k) % n;
    if (deviates[i]) current.push(i);
    else {
      if (current.length > 0) found.push(current);
      current = [];
    }
  }
  return found;
}

/** Puts a new look in front; the oldest is forgotten. */
export function learnLook(looks: BorderLooks, border: Border): BorderLooks {
  return [border, ...looks].slice(0, MAX_LOOKS);
}

/**
 * Whether what deviates is as even as the border around it. Then nothing lies there: the known look is the odd
 * one, since something was at the edge when it was learned.
 */
export function looksBare(border: Border, places: readonly number[]): boolean {
  const inside = new Set(places);
  if (inside.size > 0.75 * border[0].length) return false;
  const middle = eachPlane(border, (plane) => {
    const around = plane.filter((_, i) => !inside.has(i)).sort();
    return new Float32Array(plane.length).fill(around[around.length >> 1] ?? 0);
  });
  return places.every((i) => colourExcess(middle, border, i, [1, 1, 1]) <= CLEAR);
}

/** Whether goods that were found at the edge cover all that deviates. `boxes` in cells of the grid. */
export function coveredBy(grid: TrayGrid, places: readonly number[], boxes: readonly Box[]): boolean {
  const outer = ring(grid.columns, grid.rows, 0);
  return places.every((i) => {
    const p = outer[i];
    return (
      p !== undefined &&
      boxes.some(
        (b) => p.x + 1.5 >= b.x && p.x <= b.x + b.w + 0.5 && p.y + 1.5 >= b.y && p.y <= b.y + b.h + 0.5,
      )
    );
  });
}
