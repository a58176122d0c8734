import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CatalogChange, Product, type Reference, type Sku } from "@tillsight/contracts";
import { seededRandom } from "./bench-data.js";

export const size = 32;
export const embedderId = "test-embedder";

const random = seededRandom(7);

/** A random unit vector. */
export function unitVector(next: () => number = random): Float32Array {
  const raw = Float32Array.from({ length: size }, () => next() - 0.5);
  const length = Math.sqrt(raw.reduce((sum, x) => sum + x * x, 0));
  return raw.map((x) => x / length);
}

export function product(sku: string, fields: Partial<Record<keyof Product, unknown>> = {}): Product {
  return Product.parse({
    ...{ sku, name: `Item ${sku}`, unit: "each", price: { minor: 199, currency: "EUR" }, taxRateBp: 700 },
    ...{ gtins: [], plu: null, tareGrams: 0, minAge: null },
    ...fields,
  });
}

export const reference = (id: string, sku: string, vector = unitVector()): Reference => ({
  ...{ id, sku: sku as Sku, embedderId },
  vector: Array.from(vector),
});

export const productChange = (lsn: number, item: Product): CatalogChange => ({
  kind: "productUpserted",
  lsn,
  product: item,
});

export const referenceChange = (lsn: number, ref: Reference): CatalogChange => ({
  kind: "referenceUpserted",
  lsn,
  reference: ref,
});

/** A folder that is gone when `clean` was called. */
export function temporaryFolder(): { readonly dir: string; clean(): void } {
  const dir = mkdtempSync(join(tmpdir(), "tillsight-catalog-"));
  return { dir, clean: () => rmSync(dir, { recursive: true, force: true }) };
}
