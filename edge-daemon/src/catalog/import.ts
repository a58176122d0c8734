import { Product } from "@tillsight/contracts";
import { barcodeKeys } from "./barcode.js";

export interface RowError {
  /** Counted from 1, as people count. */
  readonly row: number;
  /** Path of the field, such as `price.minor`; empty for the whole row. */
  readonly field: string;
  readonly message: string;
}

export interface ImportReport {
  readonly imported: number;
  readonly errors: readonly RowError[];
}

/**
 * Checks a list (parsed JSON) row by row. A SKU or barcode that comes twice is an error of the later row,
 * because nobody can say which of the two was meant.
 */
export function checkProducts(list: unknown): { readonly products: Product[]; readonly errors: RowError[] } {
  if (!Array.isArray(list))
    return { products: [], errors: [{ row: 1, field: "", message: "the file is not a list of products" }] };
  const products: Product[] = [];
  const errors: RowError[] = [];
  const skus = new Map<string, number>();
  const codes = new Map<string, number>();
  list.forEach((entry, at) => {
    const row = at + 1;
    const parsed = Product.safeParse(entry);
    if (!parsed.success) {
      for (const issue of parsed.error.issues)
        errors.push({ row, field: issue.path.join("."), message: issue.message });
      return;
    }
    const first = skus.get(parsed.data.sku);
    if (first !== undefined)
      errors.push({ row, field: "sku", message: `${parsed.data.sku} is also in row ${first}` });
    skus.set(parsed.data.sku, row);
    for (const [key, printed] of barcodeKeys(parsed.data)) {
      const taken = codes.get(key);
      if (taken !== undefined)
        errors.push({ row, field: "gtins", message: `${printed} is also in row ${taken}` });
      codes.set(key, row);
    }
    products.push(parsed.data);
  });
  return { products, errors };
}
