import type { Product, Sku } from "@tillsight/contracts";
import type { Surroundings } from "../domain/recognition/surroundings.js";

export interface Neighbour {
  readonly sku: Sku;
  readonly referenceId: string;
  /** Cosine similarity, -1..1, best first. */
  readonly score: number;
}

/** What the lane reads of the catalog while it sells: always the newest applied state, never waits. */
export interface CatalogReader {
  readonly lsn: number;
  readonly embedderId: string;
  product(sku: Sku): Product | undefined;
  /** By GTIN (8 to 14 digits, leading zeros do not matter) or PLU. */
  productByBarcode(digits: string): Product | undefined;
  /** Name or SKU contains `text`, at most `limit`, best first. */
  search(text: string, limit: number): Product[];
  /** The `k` references nearest to an L2-normalised vector of the embedder's length. */
  nearest(vector: Float32Array, k: number): Neighbour[];
  /** What the references of a product say about it and its neighbours; null for one that has none. */
  surroundings(sku: Sku): Surroundings | null;
  /** Number of references that `nearest` searches. */
  readonly referenceCount: number;
  onChange(listener: (lsn: number) => void): () => void;
}
