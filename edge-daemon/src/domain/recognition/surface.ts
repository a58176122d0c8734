import type { Box } from "@tillsight/contracts";
import { colourExcess, eachPlane, lightGain, lightGains, type TrayGrid } from "./tray-grid.js";

/** The bare tray as far as it has been seen: colour of each cell, NaN where goods always lay so far. */
export type Surface = TrayGrid;

/** What can be said of the place where an item lay and is no longer detected. */
export interface PlaceView {
  /** Share of the place that no other item's box covers, 0..1. */
  readonly visible: number;
  /** Share of the visible part that looks like the bare tray, 0..1; 1 where the tray is not known there. */
  readonly bare: number;
}

const FOLLOW = 0.1;
/** A cell that differs by more than this, in steps of 8 bits beyond shading, is not the tray. */
export const DIFFERENT = 10;

/** Cells whose middle lies in the box (pixels of the picture), `grow` cells wider on each side. */
export function cells(
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
  grid: TrayGrid,
  covered: readonly Box[],
  size: { width: number; height: number },
): Surface {
  const hidden = new Uint8Array(grid.columns * grid.rows);
  for (const box of covered) for (const i of cells(box, grid, size, 1)) hidden[i] = 1;
  const known = surface?.columns === grid.columns && surface.rows === grid.rows ? surface.planes : null;
  const planes = eachPlane(grid.planes, (now, channel) =>
    known
      ? learnPlane(known[channel], now, hidden, grid.columns)
      : now.map((v, i) => (hidden[i] ? Number.NaN : v)),
  );
  return { columns: grid.columns, rows: grid.rows, planes };
}

function learnPlane(
  known: Float32Array,
  now: Float32Array,
  hidden: Uint8Array,
  columns: number,
): Float32Array {
  const light = lightByTile(known, now, hidden, columns);
  return known.map((value, i) => {
    const old = value * (light[tileOf(i, columns)] as number);
    // What is hidden now is kept at the light of now, so that all cells share one light.
    if (hidden[i]) return old;
    const seen = now[i] as number;
    return Number.isNaN(old) ? seen : old + FOLLOW * (seen - old);
  });
}

/** Cells of a tile, each way: light is even within one, and enough of it is seen between goods. */
const TILE = 10;

function tileOf(cell: number, columns: number): number {
  const x = Math.floor((cell % columns) / TILE);
  const y = Math.floor(cell / columns / TILE);
  return y * Math.ceil(columns / TILE) + x;
}

/** How the light changed tile by tile, from the cells that are seen; where none is, as on the whole tray. */
function lightByTile(
  known: Float32Array,
  seen: Float32Array,
  hidden: Uint8Array,
  columns: number,
): Float32Array {
  const across = Math.ceil(columns / TILE);
  const tiles = across * Math.ceil(known.length / columns / TILE);
  const before: number[][] = Array.from({ length: tiles }, () => []);
  const now: number[][] = Array.from({ length: tiles }, () => []);
  // Every third cell in turn is enough for a median.
  for (let i = 0; i < known.length; i += 3) {
    if (hidden[i]) continue;
    const tile = tileOf(i, columns);
    before[tile]?.push(known[i] as number);
    now[tile]?.push(seen[i] as number);
  }
  // Ten seen cells make a median that one edge of an item does not move.
  const light = before.map((b, tile) => (b.length >= 10 ? lightGain(b, now[tile] ?? []) : undefined));
  return fillTiles(light, across, lightGain(known, seen, 7));
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

/** Looks at the place of an item that was not detected in this settled frame; `others` are the boxes that were. */
export function viewPlace(
  surface: Surface | null,
  grid: TrayGrid,
  place: Box,
  others: readonly Box[],
  size: { width: number; height: number },
): PlaceView {
  const inside = cells(place, grid, size, 0);
  if (inside.length === 0) return { visible: 1, bare: 1 };
  const covered = new Set(others.flatMap((b) => cells(b, grid, size, 0)));
  const seen = inside.filter((i) => !covered.has(i));
  const visible = seen.length / inside.length;
  const known = surface ? seen.filter((i) => !Number.isNaN(surface.planes[0][i] ?? Number.NaN)) : [];
  if (!surface || known.length === 0) return { visible, bare: 1 };
  // Unknown cells are no numbers, and drop out of the median by themselves.
  const gains = lightGains(surface.planes, grid.planes, 7);
  const bare = known.filter((i) => colourExcess(surface.planes, grid.planes, i, gains) <= DIFFERENT);
  return { visible, bare: bare.length / known.length };
}
