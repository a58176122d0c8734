import type { Picture } from "@tillsight/models";

/** Four quarters: red, green, blue and white, on which any mistake in channels, rows or region shows. */
export function quarters(width = 320, height = 240): Picture {
  const colours = [
    [220, 30, 30],
    [30, 200, 40],
    [30, 40, 210],
    [235, 235, 235],
  ] as const;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const quarter = (y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1);
      data.set(colours[quarter] ?? [], (y * width + x) * 3);
    }
  }
  return { width, height, data };
}

/** The middle of each quarter, for a picture of this size. */
export function quarterPoints(width = 320, height = 240) {
  const [left, right, top, bottom] = [width / 4, (width * 3) / 4, height / 4, (height * 3) / 4];
  return [
    { x: left, y: top, rgb: [220, 30, 30] },
    { x: right, y: top, rgb: [30, 200, 40] },
    { x: left, y: bottom, rgb: [30, 40, 210] },
    { x: right, y: bottom, rgb: [235, 235, 235] },
  ] as const;
}
