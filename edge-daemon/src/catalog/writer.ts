import type { CatalogDelta, Product, Reference, Sku } from "@tillsight/contracts";
import type { ImportReport } from "./import.js";

export interface ApplyResult {
  /** Cursor after the call. */
  readonly lsn: number;
  /** Rows that were written or removed. */
  readonly applied: number;
}

/** How the lane's catalog changes. Every call is durable and searchable when it returns, or throws and changed nothing. */
export interface CatalogWriter {
  /**
   * One delta from headquarters, in one transaction with cursor and state hash. Its signature was checked before.
   * @throws SyncRefusedError, CatalogFullError, CatalogLockedError, CatalogBusyError
   */
  apply(delta: CatalogDelta): ApplyResult;
  /** A JSON list of products for this store; all of it or, with a report of every bad row, nothing. */
  importProducts(list: unknown): ImportReport;
  /**
   * Adds a product with references that this store made. A product that headquarters owns keeps its own record
   * and gains the references.
   * @throws CatalogEmbedderError, CatalogRefusedError (a vector that is no embedding)
   */
  enrol(product: Product, references: readonly Reference[]): void;
  /** Takes a product of this store out of sale. @throws CatalogOwnedError, InvalidInputError when there is none. */
  remove(sku: Sku): void;
}
