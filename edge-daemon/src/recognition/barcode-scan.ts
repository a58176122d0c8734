import type { Box, Gtin } from "@tillsight/contracts";
import { crop, type Picture } from "@tillsight/models";
import type { BarcodeReader } from "./barcodes.js";

/** Barcodes reach to the edge of a package: more is cut out around it than for the embedder. */
const MARGIN = 0.12;

/** A decoder's view of one newly settled tray: each item is looked at once, while frames go on. */
export class BarcodeScan {
  readonly #reader: BarcodeReader;
  readonly #found: (id: string, gtin: Gtin) => void;
  readonly #took: (ms: number) => void;
  #epoch = -1;
  #looked = new Set<string>();
  #running: Promise<void> | undefined;

  constructor(reader: BarcodeReader, found: (id: string, gtin: Gtin) => void, took: (ms: number) => void) {
    this.#reader = reader;
    this.#found = found;
    this.#took = took;
  }

  /** Begins with what has not been looked at since the tray settled; does nothing while a scan is under way. */
  offer(
    picture: Picture,
    epoch: number,
    items: readonly { id: string; box: Box }[],
    signal: AbortSignal,
  ): void {
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#looked = new Set();
    }
    const fresh = items.filter((i) => !this.#looked.has(i.id));
    if (this.#running || fresh.length === 0) return;
    for (const { id } of fresh) this.#looked.add(id);
    // Cut now: the camera may reuse the picture's memory.
    const crops = fresh.map(({ id, box }) => ({ id, picture: crop(picture, box, MARGIN) }));
    this.#running = this.#scan(crops, signal).finally(() => {
      this.#running = undefined;
    });
  }

  async #scan(crops: readonly { id: string; picture: Picture }[], signal: AbortSignal): Promise<void> {
    for (const { id, picture } of crops) {
      if (signal.aborted) return;
      const begin = performance.now();
      const gtins = await this.#reader.read(picture);
      this.#took(performance.now() - begin);
      for (const gtin of gtins) this.#found(id, gtin);
      // Decoding holds the thread: frames and the till get their turn between two items.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#running;
  }
}
