import type { Picture } from "@tillsight/models";
import type { TrayGrid } from "../domain/recognition/tray-grid.js";

/** Cells of the gate's grid: 16 x 16 pixels of a 1280 x 720 picture, about a third of a thumb's width. */
export const GRID = { columns: 80, rows: 45 };

/** Points a cell is sampled at, each way: nine take two thirds off the sensor's noise. */
const POINTS = 3;

/** Mean colour of the picture on a coarse grid; samples, so its cost does not grow with the picture. */
export function trayGrid(picture: Picture, { columns, rows } = GRID): TrayGrid {
  const { width, height, data } = picture;
  const sums = new Int32Array(columns * rows * 3);
  const xs = positions(width, columns * POINTS);
  const ys = positions(height, rows * POINTS);
  const cells = Int32Array.from(xs, (_, i) => Math.floor(i / POINTS) * 3);
  for (let j = 0; j < ys.length; j++) {
    const line = (ys[j] as number) * width;
    const cellRow = Math.floor(j / POINTS) * columns * 3;
    for (let i = 0; i < xs.length; i++) {
      const p = Math.imul(line + (xs[i] as number), 3);
      const cell = cellRow + (cells[i] as number);
      sums[cell] = (sums[cell] as number) + (data[p] as number);
      sums[cell + 1] = (sums[cell + 1] as number) + (data[p + 1] as number);
      sums[cell + 2] = (sums[cell + 2] as number) + (data[p + 2] as number);
    }
  }
  const plane = (channel: number) => {
    const values = new Float32Array(columns * rows);
    for (let i = 0; i < values.length; i++) values[i] = (sums[i * 3 + channel] as number) / (POINTS * POINTS);
    return values;
  };
  return { columns, rows, planes: [plane(0), plane(1), plane(2)] };
}

function positions(length: number, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) =>
    Math.min(length - 1, Math.floor(((i + 0.5) * length) / count)),
  );
}
