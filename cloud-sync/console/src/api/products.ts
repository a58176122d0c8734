import type { Override } from "@tillsight/cloud-sync/api";
import { Product } from "@tillsight/contracts";
import { z } from "zod";
import type { Client } from "./client.js";
import { Changed, type ProductDetail, ProductDetails, ProductPage } from "./schemas.js";

const path = (sku: string): string => `/api/products/${encodeURIComponent(sku)}`;
const overridePath = (store: string, sku: string): string =>
  `/api/stores/${encodeURIComponent(store)}/products/${encodeURIComponent(sku)}`;

/** Products of one call at most; see `GET /api/product-details`. */
const keysPerCall = 100;

export const searchProducts = (
  client: Client,
  query: { search: string; offset: number; limit: number },
  signal?: AbortSignal,
): Promise<ProductPage> =>
  client.get(
    `/api/products?search=${encodeURIComponent(query.search)}&offset=${query.offset}&limit=${query.limit}`,
    ProductPage,
    signal,
  );

/** By SKU or barcode; those that there are. `onProgress` is told how many were asked for. */
export async function readDetails(
  client: Client,
  keys: readonly string[],
  signal?: AbortSignal,
  onProgress: (done: number) => void = () => {},
): Promise<Map<string, ProductDetail>> {
  const found = new Map<string, ProductDetail>();
  const wanted = [...new Set(keys)].filter((key) => /^[A-Za-z0-9._-]{1,32}$/.test(key));
  for (let at = 0; at < wanted.length; at += keysPerCall) {
    const part = wanted.slice(at, at + keysPerCall).join(",");
    const { details } = await client.get(`/api/product-details?keys=${part}`, ProductDetails, signal);
    for (const detail of details) found.set(detail.key, detail);
    onProgress(Math.min(wanted.length, at + keysPerCall));
  }
  return found;
}

/** The product with the tag that guards its next change. */
export async function readProduct(client: Client, sku: string, signal?: AbortSignal) {
  const { data, etag } = await client.ask("GET", path(sku), { schema: Product, signal });
  return { product: data, etag };
}

const Written = z.object({ product: Product, lsn: z.number(), changed: z.boolean().default(true) });

/**
 * @param etag of the product that the change was made from; null: there was none
 * @throws RefusedError with status 412 when somebody else changed or made it since
 */
export async function writeProduct(client: Client, product: Product, etag: string | null) {
  const { sku, ...body } = product;
  const headers: Record<string, string> = etag === null ? { "if-none-match": "*" } : { "if-match": etag };
  const answer = await client.ask("PUT", path(sku), { schema: Written, body, headers });
  return { ...answer.data, etag: answer.etag };
}

export const removeProduct = async (client: Client, sku: string) =>
  (await client.ask("DELETE", path(sku), { schema: Changed })).data;

export const writeOverride = async (client: Client, store: string, sku: string, override: Override) =>
  (await client.ask("PUT", overridePath(store, sku), { schema: Changed, body: override })).data;

export const removeOverride = async (client: Client, store: string, sku: string) =>
  (await client.ask("DELETE", overridePath(store, sku), { schema: Changed })).data;

const References = z.object({
  references: z.array(z.object({ id: z.string(), picture: z.string().nullable() })),
});

/** Pictures that lanes know the product by. */
export const readReferences = async (client: Client, sku: string, signal?: AbortSignal) =>
  (await client.get(`${path(sku)}/references`, References, signal)).references;

export const removeReference = async (client: Client, sku: string, id: string) =>
  (await client.ask("DELETE", `${path(sku)}/references/${encodeURIComponent(id)}`, { schema: Changed })).data;
