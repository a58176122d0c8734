import type { CatalogDelta, Product, Reference, Sku } from "@tillsight/contracts";
import type { ImportReport } from "./import.js";

export interface ApplyResult {
  /** Cursor after the call. */
  readonly lsn: number;
  /** Changes that were new; 0 when the delta had come before. */
  readonly applied: number;
}

/** How the lane's catalog changes. Every call is durable and searchable when it returns, or throws and changed nothing. */
export interface CatalogWriter {
  /**
   * One delta from headquarters, in one transaction with the cursor; the same delta again changes nothing.
   * @throws CatalogGapError, CatalogEmbedderError, CatalogRefusedError, CatalogFullError, CatalogLockedError
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
