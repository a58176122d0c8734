import type { Basket } from "@tillsight/contracts";
import type { Picture } from "@tillsight/models";
import sharp from "sharp";
import type { PictureFound } from "../recognition/index.js";

/** Enough to see dots of ink and the frame of a screen. */
const jpegQuality = 88;

/** One of them, as people are told about it. */
export type PictureSuspect = Omit<PictureFound, "crop">;

interface Suspect {
  readonly found: PictureSuspect;
  /** Encoded when somebody looks. */
  readonly crop: Picture;
  jpeg: Promise<Uint8Array> | undefined;
}

/**
 * Items that are probably pictures of products, for as long as they lie on the tray or until an attendant has
 * said what they are. Kept as they were seen, so that people can judge for themselves.
 */
export class SuspectedPictures {
  readonly #suspects = new Map<string, Suspect>();

  found({ crop, ...found }: PictureFound): void {
    this.#suspects.set(found.itemId, { found, crop, jpeg: undefined });
  }

  /** What lies on the tray now; the others were taken away. */
  onTray(itemIds: Iterable<string>): void {
    const present = new Set(itemIds);
    for (const id of this.#suspects.keys()) if (!present.has(id)) this.#suspects.delete(id);
  }

  /** Those that no attendant has judged yet. */
  now({ lines }: Pick<Basket, "lines">): PictureSuspect[] {
    const judged = new Set(lines.filter((l) => l.source === "attendant").map((l) => l.trayItemId));
    return [...this.#suspects.values()].map(({ found }) => found).filter(({ itemId }) => !judged.has(itemId));
  }

  /** JPEG of an item as it was seen; null when it is none of these. */
  async picture(itemId: string): Promise<Uint8Array | null> {
    const suspect = this.#suspects.get(itemId);
    if (!suspect) return null;
    suspect.jpeg ??= encode(suspect.crop);
    return suspect.jpeg;
  }
}

const encode = ({ width, height, data }: Picture): Promise<Uint8Array> =>
  sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: jpegQuality })
    .toBuffer();
