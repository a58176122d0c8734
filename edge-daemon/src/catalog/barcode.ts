import type { Product } from "@tillsight/contracts";

/**
 * One key for every way a code is printed: `g` + GTIN-14 (GS1 General Specifications 3.3.2: shorter GTINs are
 * filled with zeros on the left), or `p` + PLU without leading zeros. Undefined when `digits` is neither.
 *
 * Up to five digits are a PLU: a GTIN of which a scanner dropped that many zeros could only be a GTIN-8 that
 * begins with 000, and those are for restricted circulation.
 */
export function barcodeKey(digits: string): string | undefined {
  if (!/^\d{1,14}$/.test(digits)) return undefined;
  const bare = digits.replace(/^0+/, "");
  if (digits.length <= 5) return bare === "" ? undefined : `p${bare}`;
  return `g${bare.padStart(14, "0")}`;
}

/** Every key under which `product` is found; the same GTIN written in two lengths counts once. */
export function barcodeKeys(product: Product): Map<string, string> {
  const keys = new Map<string, string>();
  for (const gtin of product.gtins) keys.set(`g${gtin.padStart(14, "0")}`, gtin);
  const plu = product.plu === null ? undefined : barcodeKey(product.plu);
  if (plu !== undefined && product.plu !== null) keys.set(plu, product.plu);
  return keys;
}
