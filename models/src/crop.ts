import { type Box, InvalidInputError } from "@tillsight/contracts";
import type { Picture } from "./picture.js";
import { makePlan, resample } from "./resample.js";

/** Share of the longer side that is left around an item, so that its outline is seen against the tray. */
export const CROP_MARGIN = 0.06;

/** What a box with its margin covers of a picture: whole pixels, clipped, at least one each way. */
export function cropBox(picture: { width: number; height: number }, box: Box, margin = CROP_MARGIN): Box {
  const extra = Math.max(box.w, box.h) * margin;
  const x = Math.min(picture.width - 1, Math.max(0, Math.floor(box.x - extra)));
  const y = Math.min(picture.height - 1, Math.max(0, Math.floor(box.y - extra)));
  const right = Math.max(x + 1, Math.min(picture.width, Math.ceil(box.x + box.w + extra)));
  const bottom = Math.max(y + 1, Math.min(picture.height, Math.ceil(box.y + box.h + extra)));
  return { x, y, w: right - x, h: bottom - y };
}

/** Copies the part of a picture that `box` covers with its margin; what lies outside the picture is left off. */
export function crop(picture: Picture, box: Box, margin = CROP_MARGIN): Picture {
  const { x, y, w, h } = cropBox(picture, box, margin);
  const data = new Uint8Array(w * h * 3);
  for (let row = 0; row < h; row++) {
    const from = ((y + row) * picture.width + x) * 3;
    data.set(picture.data.subarray(from, from + w * 3), row * w * 3);
  }
  return { width: w, height: h, data };
}

/** Scales a picture to exactly this size (proportions are the caller's concern). */
export function resize(picture: Picture, width: number, height: number): Picture {
  // Halves are added since storing into bytes cuts off what is behind the point.
  const data = new Uint8Array(width * height * 3);
  resample(picture, makePlan(picture, { width, height }), {
    data,
    offset: 0,
    plane: 1,
    step: 3,
    pitch: width * 3,
    scale: [1, 1, 1],
    shift: [0.5, 0.5, 0.5],
  });
  return { width, height, data };
}

/** @throws InvalidInputError where the pixels are not what width and height promise. */
export function requirePicture(picture: Picture): void {
  const { width, height, data } = picture;
  if (Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0) {
    if (data.length === width * height * 3) return;
  }
  throw new InvalidInputError(
    `a picture of ${width} x ${height} pixels came with ${data.length} bytes`,
    "Hand over RGB pixels, 3 bytes each, row by row.",
  );
}
