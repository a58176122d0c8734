import type { Box } from "@tillsight/contracts";
import { excess, type LumaGrid, lightGain } from "./luma.js";

/** The bare tray as far as it has been seen: brightness of each cell, NaN where goods always lay so far. */
export interface Surface {
  readonly columns: number;
  readonly rows: number;
  readonly values: Float32Array;
}

/** What can be said of the place where an item lay and is no longer detected. */
export interface PlaceView {
  /** Share of the place that no other item's box covers, 0..1. */
  readonly visible: number;
  /** Share of the visible part that looks like the bare tray, 0..1; 1 where the tray is not known there. */
  readonly bare: number;
}

const FOLLOW = 0.1;
const LUMA = 9;

/** Cells whose middle lies in the box (pixels of the picture), `grow` cells wider on each side. */
function cells(
  box: Box,
  grid: { columns: number; rows: number },
  size: { width: number; height: number },
  grow: number,
) {
  const cw = size.width / grid.columns;
  const ch = size.height / grid.rows;
  const left = Math.max(0, Math.ceil(box.x / cw - 0.5 - grow));
  const right = Math.min(grid.columns - 1, Math.floor((box.x + box.w) / cw - 0.5 + grow));
  const top = Math.max(0, Math.ceil(box.y / ch - 0.5 - grow));
  const bottom = Math.min(grid.rows - 1, Math.floor((box.y + box.h) / ch - 0.5 + grow));
  const found: number[] = [];
  for (let y = top; y <= bottom; y++) for (let x = left; x <= right; x++) found.push(y * grid.columns + x);
  return found;
}

/** Learns the tray from a settled frame, everywhere but under `covered` (goods seen or believed there), pixels. */
export function learnSurface(
  surface: Surface | null,
  grid: LumaGrid,
  covered: readonly Box[],
  size: { width: number; height: number },
): Surface {
  const hidden = new Uint8Array(grid.values.length);
  for (const box of covered) for (const i of cells(box, grid, size, 1)) hidden[i] = 1;
  const same = surface !== null && surface.columns === grid.columns && surface.rows === grid.rows;
  if (!same) return { ...grid, values: grid.values.map((v, i) => (hidden[i] ? Number.NaN : v)) };
  const light = lightByTile(surface, grid, hidden);
  const values = new Float32Array(grid.values.length);
  for (let i = 0; i < values.length; i++) {
    const now = grid.values[i] as number;
    const known = (surface.values[i] as number) * (light[tileOf(i, grid.columns)] as number);
    // What is hidden now is kept at the light of now, so that all cells share one light.
    if (hidden[i]) values[i] = known;
    else values[i] = Number.isNaN(known) ? now : known + FOLLOW * (now - known);
  }
  return { columns: grid.columns, rows: grid.rows, values };
}

/** Cells of a tile, each way: light is even within one, and enough of it is seen between goods. */
const TILE = 10;

function tileOf(cell: number, columns: number): number {
  const x = Math.floor((cell % columns) / TILE);
  const y = Math.floor(cell / columns / TILE);
  return y * Math.ceil(columns / TILE) + x;
}

/** How the light changed tile by tile, from the cells that are seen; where none is, as on the whole tray. */
function lightByTile(surface: Surface, grid: LumaGrid, hidden: Uint8Array): Float32Array {
  const { columns, rows } = grid;
  const tiles = Math.ceil(columns / TILE) * Math.ceil(rows / TILE);
  const before: number[][] = Array.from({ length: tiles }, () => []);
  const now: number[][] = Array.from({ length: tiles }, () => []);
  for (let i = 0; i < grid.values.length; i++) {
    // Every third cell in turn is enough for a median.
    if (hidden[i] || i % 3 !== 0) continue;
    const tile = tileOf(i, columns);
    before[tile]?.push(surface.values[i] as number);
    now[tile]?.push(grid.values[i] as number);
  }
  // Ten seen cells make a median that one edge of an item does not move.
  const seen = before.map((b, tile) => (b.length >= 10 ? lightGain(b, now[tile] ?? []) : undefined));
  return fillTiles(seen, Math.ceil(columns / TILE), surfaceGain(surface, grid));
}

/** Tiles under goods take the mean of the tiles around them, and those far from any seen one the tray's own light. */
function fillTiles(seen: readonly (number | undefined)[], across: number, whole: number): Float32Array {
  return Float32Array.from(seen, (own, tile) => {
    if (own !== undefined) return own;
    const x = tile % across;
    const near = [x > 0 ? seen[tile - 1] : undefined, x < across - 1 ? seen[tile + 1] : undefined]
      .concat(seen[tile - across], seen[tile + across])
      .filter((light) => light !== undefined);
    return near.length > 0 ? near.reduce((a, b) => a + b, 0) / near.length : whole;
  });
}

/** NaN cells drop out, since no comparison with them holds. */
function surfaceGain(surface: Surface, grid: LumaGrid): number {
  return lightGain(surface.values, grid.values, 7);
}

/** Looks at the place of an item that was not detected in this settled frame; `others` are the boxes that were. */
export function viewPlace(
  surface: Surface | null,
  grid: LumaGrid,
  place: Box,
  others: readonly Box[],
  size: { width: number; height: number },
): PlaceView {
  const inside = cells(place, grid, size, 0);
  if (inside.length === 0) return { visible: 1, bare: 1 };
  const covered = new Set(others.flatMap((b) => cells(b, grid, size, 0)));
  const seen = inside.filter((i) => !covered.has(i));
  const known = surface ? seen.filter((i) => !Number.isNaN(surface.values[i] ?? Number.NaN)) : [];
  const visible = seen.length / inside.length;
  if (!surface || known.length === 0) return { visible, bare: 1 };
  const gain = surfaceGain(surface, grid);
  const bare = known.filter((i) => excess(surface.values[i] ?? 0, grid.values[i] ?? 0, gain, LUMA) <= 0);
  return { visible, bare: bare.length / known.length };
}
