import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describeError, InvalidInputError } from "@tillsight/contracts";
import type { Picture } from "@tillsight/models";
import sharp from "sharp";

/** More pixels than any camera a shop will use; a picture bomb is refused before it is unpacked. */
const mostPixels = 64_000_000;

/**
 * Reads a JPEG, PNG or WebP picture as RGB, turned as its EXIF orientation says, transparency on white.
 * @throws InvalidInputError that names the file
 */
export async function readPhoto(path: string): Promise<Picture> {
  if (!existsSync(path))
    throw new InvalidInputError(
      `there is no picture ${path}`,
      `Check the name; it was looked for at ${resolve(path)}.`,
    );
  try {
    const { data, info } = await sharp(path, { limitInputPixels: mostPixels })
      .rotate()
      .flatten({ background: "#ffffff" })
      .toColourspace("srgb")
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3)
      throw new InvalidInputError(`${path} has ${info.channels} channels`, "Use a colour picture.");
    return { width: info.width, height: info.height, data: new Uint8Array(data) };
  } catch (cause) {
    if (cause instanceof InvalidInputError) throw cause;
    throw new InvalidInputError(
      `${path} is not a picture that can be read: ${describeError(cause)}`,
      "Give JPEG, PNG or WebP files.",
      { cause },
    );
  }
}
