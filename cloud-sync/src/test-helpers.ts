import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Product } from "@tillsight/contracts";

export const embedderId = "test-embedder";
export const size = 16;

/** A unit vector that depends on `seed` alone. */
export function unitVector(seed: number): Float32Array {
  const raw = Float32Array.from(
    { length: size },
    (_, i) => Math.sin(seed * 12.9898 + i * 78.233) * 0.5 + 0.01,
  );
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

export function temporaryFolder(): { readonly dir: string; clean(): void } {
  const dir = mkdtempSync(join(tmpdir(), "tillsight-cloud-"));
  return { dir, clean: () => rmSync(dir, { recursive: true, force: true }) };
}
