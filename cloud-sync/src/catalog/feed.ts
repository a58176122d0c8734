import type { NodeName, Product, Reference } from "@tillsight/contracts";

/** A reference as it travels inside headquarters: the vector is f32, of the embedder's own length. */
export type FeedReference = Omit<Reference, "vector"> & { readonly vector: Float32Array };

/** What a lane of one store stores under one key; the store's overrides are resolved already. */
export type LaneRow =
  | { readonly kind: "product"; readonly product: Product }
  | { readonly kind: "reference"; readonly reference: FeedReference };

/** Key of a row, `p:SKU` or `r:REFERENCE`: the order of `CatalogFeed.rows`, and what a state hash is made over. */
export const laneRowKey = (row: LaneRow): string =>
  row.kind === "product" ? `p:${row.product.sku}` : `r:${row.reference.id}`;

/** One step for one store. `before` and `after` have the same key; null = not there. At least one is a row. */
export interface FeedEntry {
  readonly lsn: number;
  readonly before: LaneRow | null;
  readonly after: LaneRow | null;
}

/** The catalog as one store sees it: what the publisher reads. All entries of `after` replayed make `rows`. */
export interface CatalogFeed {
  /** Rows of other embedders are never part of the feed. */
  readonly embedderId: string;

  /** Newest LSN that is committed. */
  lsn(): Promise<number>;

  /**
   * Entries with `afterLsn < entry.lsn <= toLsn`, in order, of at most `limit` changes. One LSN is never split: an
   * override that takes a product out of the store is one change and several entries, its references and itself;
   * `toLsn` passes over changes that do not concern this store, and equals `afterLsn` when there is nothing newer.
   */
  after(
    store: NodeName,
    afterLsn: number,
    limit: number,
  ): Promise<{ readonly entries: readonly FeedEntry[]; readonly toLsn: number }>;

  /**
   * Every live row of the store as of one LSN, streamed in key order: changes that come meanwhile are not seen. No
   * lock and no transaction is held, so it may be read slowly, and beside other work on the same database.
   */
  rows(store: NodeName): Promise<{ readonly lsn: number; readonly rows: AsyncIterable<LaneRow> }>;

  /** Called after each committed change, also of another copy of headquarters. @returns what ends it. */
  onChange(listener: () => void): () => void;
}
