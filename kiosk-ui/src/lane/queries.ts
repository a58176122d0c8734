import { Product, TillReceiptLine } from "@tillsight/contracts";
import { z } from "zod";

/** Products that fit a text, best first; empty when the lane cannot be asked. */
export async function searchProducts(text: string, signal: AbortSignal): Promise<Product[]> {
  try {
    const response = await fetch(`/api/products?limit=24&search=${encodeURIComponent(text)}`, { signal });
    return z.array(Product).parse(await response.json());
  } catch {
    return [];
  }
}

/** What a simulated till received; null: this lane has none; undefined: it could not be asked just now. */
export async function readTill(signal: AbortSignal): Promise<TillReceiptLine[] | null | undefined> {
  try {
    const response = await fetch("/api/demo/till", { signal, cache: "no-store" });
    if (response.status !== 200) return response.status >= 500 ? undefined : null;
    return z.array(TillReceiptLine).parse(await response.json());
  } catch {
    return undefined;
  }
}
