import { existsSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { referencePhotos } from "../virtual/reference-photos.js";
import { newcomersMug } from "../virtual/store.js";

const photosOfMug = 5;

/** Puts photos of the newcomer's mug into `dir`, where they are missing. @returns a pattern that names them */
export async function writeMugPhotos(dir: string): Promise<string> {
  const file = (n: number): string => join(dir, `my-mug-${n}.jpg`);
  if (!existsSync(file(photosOfMug))) {
    const photos = await referencePhotos(newcomersMug, photosOfMug);
    for (const [i, { width, height, data }] of photos.entries())
      await sharp(data, { raw: { width, height, channels: 3 } })
        .jpeg({ quality: 92 })
        .toFile(file(i + 1));
  }
  return join(dir, "my-mug-*.jpg");
}
