import type { Box } from "@tillsight/contracts";
import { excess, type LumaGrid, lightGain } from "./luma.js";

/** Rings of cells at the picture's edge that are watched. */
const DEPTH = 2;
/** Deviation that counts, in luma steps; skin and sleeves differ from a tray by far more. */
const LUMA = 16;
/** A run of this many neighbouring places is an arm (about 4 % of the picture's width). */
const MIN_RUN = 3;
/** More of the border than this deviates only when the light has changed. */
const WIDESPREAD = 0.6;
/** Looks of the border that are remembered, so that goods which lay at the edge may leave it again. */
const MAX_LOOKS = 4;

/** Places each way whose median light a place is compared in: wider than two arms, narrower than a lamp's slope. */
const NEIGHBOURHOOD = 30;
/** The light is taken at every so many places and is straight between them. */
const LIGHT_STEP = 10;

/** Known looks of the tray's edge, newest first; each holds the brightness of every place around it, clockwise. */
export type BorderLooks = readonly Float32Array[];

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

export function borderOf(grid: LumaGrid): Float32Array {
  const rings = Array.from({ length: DEPTH }, (_, d) => ring(grid.columns, grid.rows, d));
  const length = rings[0]?.length ?? 0;
  return Float32Array.from({ length }, (_, i) => {
    const sum = rings.reduce((s, places) => {
      const p = places[i];
      return s + (p ? (grid.values[p.y * grid.columns + p.x] ?? 0) : 0);
    }, 0);
    return sum / DEPTH;
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

/** Compares the border with every known look; a place is clear where any of them explains it. */
export function findCrossing(looks: BorderLooks, border: Float32Array): Crossing {
  if (looks.length === 0) return { kind: "clear", places: [] };
  const gains = looks.map((look) => lightAlong(look, border));
  const deviates = Array.from(border, (now, i) =>
    looks.every((look, k) => excess(look[i] ?? 0, now, gains[k]?.[i] ?? 1, LUMA) > 0),
  );
  const share = deviates.filter(Boolean).length / Math.max(1, border.length);
  const places = runs(deviates).flat();
  if (places.length === 0) return { kind: "clear", places };
  return { kind: share > WIDESPREAD ? "widespread" : "local", places };
}

/** Runs of at least MIN_RUN deviating places around the border, which has no end. */
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
      if (current.length >= MIN_RUN) found.push(current);
      current = [];
    }
  }
  return found;
}

/** Puts a new look in front; the oldest is forgotten. */
export function learnLook(looks: BorderLooks, border: Float32Array): BorderLooks {
  return [border, ...looks].slice(0, MAX_LOOKS);
}

/**
 * Whether what deviates is as even as the border around it. Then nothing lies there: the known look is the odd
 * one, since something was at the edge when it was learned.
 */
export function looksBare(border: Float32Array, places: readonly number[]): boolean {
  const inside = new Set(places);
  const around = Array.from(border).filter((_, i) => !inside.has(i));
  if (around.length < border.length / 4) return false;
  around.sort((a, b) => a - b);
  const middle = around[around.length >> 1] ?? 0;
  return places.every((i) => excess(middle, border[i] ?? 0, 1, LUMA) <= 0);
}

/** Whether goods that were found at the edge cover all that deviates. `boxes` in cells of the grid. */
export function coveredBy(grid: LumaGrid, places: readonly number[], boxes: readonly Box[]): boolean {
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
