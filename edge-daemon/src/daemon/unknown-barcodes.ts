import type { Gtin } from "@tillsight/contracts";
import type { CatalogReader } from "../ports/catalog.js";

/**
 * Barcodes that were read on the tray and that the catalog does not sell, for as long as their items lie there:
 * without a word about them, nobody would learn why an item is asked about though its barcode is in full view.
 */
export class UnknownBarcodes {
  readonly #read = new Map<string, Set<Gtin>>();
  readonly #catalog: Pick<CatalogReader, "productByBarcode">;

  constructor(catalog: Pick<CatalogReader, "productByBarcode">) {
    this.#catalog = catalog;
  }

  /** A barcode was read on this item, whether the catalog knows it or not. */
  read(itemId: string, gtin: Gtin): void {
    const read = this.#read.get(itemId) ?? new Set();
    this.#read.set(itemId, read.add(gtin));
  }

  /** What lies on the tray now; the others were taken away. */
  onTray(itemIds: Iterable<string>): void {
    const present = new Set(itemIds);
    for (const id of this.#read.keys()) if (!present.has(id)) this.#read.delete(id);
  }

  /** Each once, asked of the catalog as it is now: an item that was added meanwhile is known. */
  now(): Gtin[] {
    const all = new Set([...this.#read.values()].flatMap((gtins) => [...gtins]));
    return [...all].filter((gtin) => this.#catalog.productByBarcode(gtin) === undefined);
  }
}
