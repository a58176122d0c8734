import type { Sku } from "@tillsight/contracts";
import {
  type EncodedRow,
  type LaneRow,
  parseKey,
  StateHash,
  SyncRefusedError,
} from "@tillsight/sync-protocol";
import type { CatalogStore, IndexChange } from "./store.js";
import { checkUnit } from "./vectors.js";

/**
 * Writes headquarters' rows, inside the caller's transaction, and keeps the state hash as it goes. Headquarters
 * takes over what the store had enrolled under the same key; it cannot remove what only the store owns.
 */
export class HqRows {
  readonly #store: CatalogStore;
  readonly #hash: StateHash;
  readonly #size: number;

  /** @param size numbers in a vector. @param hash state before. */
  constructor(store: CatalogStore, size: number, hash: Uint8Array) {
    this.#store = store;
    this.#size = size;
    this.#hash = new StateHash(hash);
  }

  get hash(): Buffer {
    return this.#hash.bytes();
  }

  /** Whether the lane has this very row. */
  has({ key, digest }: EncodedRow): boolean {
    return this.#digest(key)?.equals(digest) ?? false;
  }

  /** @throws SyncRefusedError("unreadableRow") when a vector is none of this lane's embedder. */
  put(row: LaneRow, { key, digest }: EncodedRow): IndexChange[] {
    this.#forget(key);
    this.#hash.add(digest);
    if (row.kind === "product") {
      this.#store.upsertProduct(row.product, digest);
      return [];
    }
    const { vector, ...reference } = row.reference;
    const wrong = checkUnit(vector, this.#size);
    if (typeof wrong === "string") throw new SyncRefusedError("unreadableRow", wrong);
    return this.#store.upsertReference(reference, vector, digest);
  }

  remove(key: string): IndexChange[] {
    const { kind, name } = parseKey(key);
    this.#forget(key);
    if (kind === "reference")
      return this.#store.isStoresReference(name) ? [] : this.#store.removeReference(name);
    return this.#store.origin(name as Sku) === "store" ? [] : this.#store.removeProduct(name as Sku);
  }

  #digest(key: string): Buffer | undefined {
    const { kind, name } = parseKey(key);
    return kind === "product" ? this.#store.productDigest(name) : this.#store.referenceDigest(name);
  }

  #forget(key: string): void {
    const digest = this.#digest(key);
    if (digest) this.#hash.remove(digest);
  }
}
