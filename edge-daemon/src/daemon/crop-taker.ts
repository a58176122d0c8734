import type { Basket, Box, ReviewCrop, TrayItem, TrayState } from "@tillsight/contracts";
import sharp from "sharp";

export interface CropTakerOptions {
  readonly picture: { newest(): Promise<{ readonly jpeg: Uint8Array } | null> };
  readonly basket: () => Basket;
  readonly catalogLsn: () => number;
  readonly embedderId: string;
  readonly now: () => number;
  readonly tell: (crop: ReviewCrop) => void;
  readonly onError: (error: unknown) => void;
}

/** A busy lane asks a few times an hour; more means that something is wrong, and one hour of it is enough to see. */
const maxPerHour = 120;
/** Pixels of the longer side: what the networks look at and people can judge. */
const maxSide = 384;
/** Part of the box that is added on each side, so that people see where it lay. */
const margin = 0.08;
const hourMs = 3_600_000;

/** Whether recognition left it to a person. */
export const isForReview = ({ decision, occluded }: TrayItem): boolean =>
  !occluded && decision.kind !== "matched";

/** The box with its margin, in whole pixels inside the picture; null when nothing of it is. */
export function cropArea(box: Box, width: number, height: number) {
  const left = Math.max(0, Math.floor(box.x - box.w * margin));
  const top = Math.max(0, Math.floor(box.y - box.h * margin));
  const right = Math.min(width, Math.ceil(box.x + box.w * (1 + margin)));
  const bottom = Math.min(height, Math.ceil(box.y + box.h * (1 + margin)));
  if (right - left < 8 || bottom - top < 8) return null;
  return { left, top, width: right - left, height: bottom - top };
}

/** Cuts items that recognition asked about out of the tray's picture, each once, for people at headquarters. */
export class CropTaker {
  readonly #o: CropTakerOptions;
  readonly #taken = new Set<string>();
  #hour = { began: 0, count: 0 };
  #work: Promise<void> | undefined;
  #tray: TrayState | undefined;

  constructor(options: CropTakerOptions) {
    this.#o = options;
  }

  onTray(tray: TrayState): void {
    this.#tray = tray;
    if (tray.phase !== "settled" || this.#work) return;
    const items = tray.items.filter((item) => isForReview(item) && !this.#taken.has(item.id));
    if (items.length === 0 || !this.#mayGo()) return;
    this.#work = this.#take(tray, items)
      .catch(this.#o.onError)
      .finally(() => {
        this.#work = undefined;
      });
  }

  async #take(tray: TrayState, items: readonly TrayItem[]): Promise<void> {
    const picture = await this.#o.picture.newest();
    // Something moved meanwhile: the boxes may not fit this picture.
    if (!picture || this.#tray?.phase !== "settled") return;
    for (const item of items) {
      const area = cropArea(item.box, tray.width, tray.height);
      if (!area) continue;
      const fit = { width: maxSide, height: maxSide, fit: "inside", withoutEnlargement: true } as const;
      const jpeg = await sharp(picture.jpeg).extract(area).resize(fit).jpeg({ quality: 85 }).toBuffer();
      this.#remember(item.id);
      this.#hour.count++;
      this.#o.tell(this.#crop(item, jpeg));
    }
  }

  #crop({ id, box, decision, why }: TrayItem, jpeg: Buffer): ReviewCrop {
    const { basket, catalogLsn, embedderId, now } = this.#o;
    const line = basket().lines.find(({ trayItemId }) => trayItemId === id);
    return {
      ...{ at: now(), lineItemId: line?.id ?? null, decision, box, catalogLsn: catalogLsn(), embedderId },
      ...(why && { why }),
      jpeg: jpeg.toString("base64"),
    };
  }

  #mayGo(): boolean {
    const now = this.#o.now();
    if (now - this.#hour.began > hourMs) this.#hour = { began: now, count: 0 };
    return this.#hour.count < maxPerHour;
  }

  /** Ids are never used again, so the oldest may be forgotten. */
  #remember(id: string): void {
    this.#taken.add(id);
    const [oldest] = this.#taken;
    if (this.#taken.size > 1000 && oldest !== undefined) this.#taken.delete(oldest);
  }
}
