import type { Picture } from "@tillsight/models";
import type { LumaGrid } from "../domain/recognition/luma.js";

/** Cells of the gate's grid: 16 x 16 pixels of a 1280 x 720 picture, about a third of a thumb's width. */
export const GRID = { columns: 80, rows: 45 };

/** Points a cell is sampled at, each way: sixteen halve the sensor's noise twice. */
const POINTS = 4;

/** Brightness (ITU-R BT.601 luma) of the picture on a coarse grid; samples, so its cost does not grow with the picture. */
export function lumaGrid(picture: Picture, { columns, rows } = GRID): LumaGrid {
  const { width, height, data } = picture;
  const values = new Float32Array(columns * rows);
  const xs = positions(width, columns * POINTS);
  const ys = positions(height, rows * POINTS);
  for (let j = 0; j < ys.length; j++) {
    const line = (ys[j] as number) * width;
    const cellRow = Math.floor(j / POINTS) * columns;
    for (let i = 0; i < xs.length; i++) {
      const p = (line + (xs[i] as number)) * 3;
      const luma =
        0.299 * (data[p] as number) + 0.587 * (data[p + 1] as number) + 0.114 * (data[p + 2] as number);
      const cell = cellRow + ((i / POINTS) | 0);
      values[cell] = (values[cell] as number) + luma;
    }
  }
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) / (POINTS * POINTS);
  return { columns, rows, values };
}

function positions(length: number, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) =>
    Math.min(length - 1, Math.floor(((i + 0.5) * length) / count)),
  );
}
