import { existsSync } from "node:fs";
import { join } from "node:path";
import { catalogError, type Db, openReadOnly } from "./database.js";

/**
 * Products sold by weight in the catalog below `dataDir`, without opening its index or disturbing a lane that
 * has it open. 0 while there is no catalog.
 *
 * @throws CatalogCorruptError, CatalogIoError
 */
export function weighedProductsIn(dataDir: string): number {
  const file = join(dataDir, "catalog", "catalog.db");
  if (!existsSync(file)) return 0;
  const db: Db = openReadOnly(file);
  try {
    const row = db.prepare("select count(*) as n from product where unit = 'weight'").get();
    return (row as { n: number }).n;
  } catch (cause) {
    throw catalogError(cause, file);
  } finally {
    db.close();
  }
}
