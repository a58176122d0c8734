import type { CatalogChange } from "@tillsight/contracts";
import { CatalogRefusedError } from "./errors.js";
import type { CatalogStore, IndexChange } from "./store.js";
import { checkUnit } from "./vectors.js";

/**
 * Writes one change of headquarters, inside the caller's transaction. Headquarters takes over what the store
 * had enrolled under the same SKU or reference id; it cannot remove what only the store owns.
 *
 * @throws CatalogRefusedError when a vector is no embedding of `size` numbers.
 */
export function writeChange(store: CatalogStore, change: CatalogChange, size: number): IndexChange[] {
  switch (change.kind) {
    case "productUpserted":
      store.upsertProduct(change.product, "hq");
      return [];
    case "productRemoved":
      return store.origin(change.sku) === "store" ? [] : store.removeProduct(change.sku);
    case "referenceUpserted": {
      const vector = checkUnit(change.reference.vector, size);
      if (typeof vector === "string") throw new CatalogRefusedError(vector);
      return store.upsertReference(change.reference, vector, "hq");
    }
    case "referenceRemoved":
      return store.removeReference(change.referenceId);
  }
}
