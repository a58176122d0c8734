import { PhotoRefusedError } from "../errors.js";

export type PhotoKind = "jpeg" | "png" | "webp";

/** Bytes of one picture. */
export const maxPhotoBytes = 12 * 1024 * 1024;
export const maxPhotos = 10;

/** By its first bytes; what the sender calls it is not believed. */
export function photoKind(bytes: Uint8Array): PhotoKind | undefined {
  const head = Buffer.from(bytes.subarray(0, 12)).toString("latin1");
  if (head.startsWith("\xff\xd8\xff")) return "jpeg";
  if (head.startsWith("\x89PNG\r\n\x1a\n")) return "png";
  if (head.startsWith("RIFF") && head.endsWith("WEBP")) return "webp";
  return undefined;
}

/** @throws PhotoRefusedError unless there are one to ten pictures of a kind we take, none too large. */
export function checkPhotos(photos: readonly Uint8Array[]): void {
  if (photos.length < 1 || photos.length > maxPhotos)
    throw new PhotoRefusedError(
      `${photos.length} pictures were sent`,
      `Send one to ${maxPhotos} pictures of the item.`,
    );
  photos.forEach((bytes, at) => {
    if (bytes.length > maxPhotoBytes)
      throw new PhotoRefusedError(
        `picture ${at + 1} has ${bytes.length} bytes`,
        `Send pictures of at most ${maxPhotoBytes / 2 ** 20} MiB.`,
      );
    if (!photoKind(bytes))
      throw new PhotoRefusedError(
        `picture ${at + 1} is no JPEG, PNG or WebP`,
        "Save it in one of these formats and send it again.",
      );
  });
}
