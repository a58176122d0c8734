import { crop, type Detector, type Embedder, type Picture } from "@tillsight/models";
import sharp from "sharp";
import { PhotoRefusedError } from "../errors.js";

/** Turns the bytes of a JPEG, PNG or WebP into one unit vector of the embedder's length. */
export type EmbedPhoto = (bytes: Uint8Array) => Promise<Float32Array>;

/** A phone's picture has 12 to 50 million pixels; more is a mistake or an attack. */
const maxPixels = 100_000_000;
/** Longer side that detection needs, pixels. */
const workSide = 1280;

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
    throw new PhotoRefusedError(
      "the picture cannot be read",
      "Save it again as JPEG, PNG or WebP, with at most 100 megapixels.",
      { cause },
    );
  }
}

/**
 * The lane's own detector, crop and embedder, so that a reference made here meets what the lane's camera sees.
 * A picture in which nothing is detected is taken whole: shop pictures often show the item cut out.
 */
export function photoEmbedder(detector: Detector, embedder: Embedder): EmbedPhoto {
  return async (bytes) => {
    const picture = await decodePhoto(bytes);
    const [best] = await detector.detect(picture);
    const [vector] = await embedder.embed([best ? crop(picture, best.box) : picture]);
    if (!vector)
      throw new PhotoRefusedError("the picture gave no embedding", "Take another picture of the item.");
    return vector;
  };
}
