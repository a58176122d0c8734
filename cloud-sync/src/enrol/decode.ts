import type { Picture } from "@tillsight/models";
import sharp from "sharp";
import { PhotoRefusedError } from "../errors.js";
import { photoKind } from "./photo.js";

/** A phone's picture has 12 to 50 million pixels; more is a mistake or an attack. */
export const maxPixels = 100_000_000;
/** Shorter side below which no product can be told apart, pixels. */
export const minSide = 64;
/** Longer side that detection needs, pixels. */
const workSide = 1280;

const unreadable = (cause?: unknown) =>
  new PhotoRefusedError(
    "the picture cannot be read",
    "Save it again as JPEG, PNG or WebP, with at most 100 megapixels.",
    { cause },
  );

/**
 * Looks at a picture's first bytes and its header, without decoding it: cheap enough for every upload.
 *
 * @returns width and height as stored, pixels
 * @throws PhotoRefusedError when it is no JPEG, PNG or WebP, or has too many or too few pixels
 */
export async function inspectPhoto(
  bytes: Uint8Array,
): Promise<{ readonly width: number; readonly height: number }> {
  const kind = photoKind(bytes);
  if (!kind)
    throw new PhotoRefusedError(
      "the picture is no JPEG, PNG or WebP",
      "Save it in one of these formats and send it again.",
    );
  const { width, height, format } = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch((cause: unknown) => {
      throw unreadable(cause);
    });
  if (format !== kind) throw unreadable();
  if (width * height > maxPixels)
    throw new PhotoRefusedError(
      `the picture has ${Math.round((width * height) / 1e6)} megapixels`,
      `Send pictures of at most ${maxPixels / 1e6} megapixels.`,
    );
  if (Math.min(width, height) < minSide)
    throw new PhotoRefusedError(
      `the picture has ${width} x ${height} pixels`,
      `Send pictures of at least ${minSide} pixels a side; 600 and more are good.`,
    );
  return { width, height };
}

/** Upright (EXIF orientation), without transparency, no larger than needed. @throws PhotoRefusedError */
export async function decodePhoto(bytes: Uint8Array): Promise<Picture> {
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: maxPixels, failOn: "error" })
      .rotate()
      .resize({ width: workSide, height: workSide, fit: "inside", withoutEnlargement: true })
      .flatten({ background: "#ffffff" })
      .toColourspace("srgb")
      .raw()
      .toBuffer({ resolveWithObject: true });
    return {
      width: info.width,
      height: info.height,
      data: new Uint8Array(data.buffer, data.byteOffset, data.length),
    };
  } catch (cause) {
    throw unreadable(cause);
  }
}
