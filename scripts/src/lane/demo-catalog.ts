import { randomUUID } from "node:crypto";
import type { CloudCatalog } from "@tillsight/cloud-sync";
import type { Product } from "@tillsight/contracts";
import { type Catalog, embedForEnrolment } from "@tillsight/edge-daemon";
import type { Detector, Embedder } from "@tillsight/models";
import { referencePhotos } from "../virtual/reference-photos.js";
import { type DemoProduct, demoStore } from "../virtual/store.js";

/** A product with the embeddings of its photos. */
export interface Enrolled {
  readonly product: Product;
  readonly vectors: readonly Float32Array[];
}

/** Photographs products (all of the demo store by default) and embeds the photos, as enrolment does with any photo. */
export async function enrolDemoStore(
  networks: { readonly detector: Detector; readonly embedder: Embedder },
  photosEach: number,
  onProgress: (done: number, of: number) => void = () => {},
  items: readonly DemoProduct[] = demoStore,
): Promise<Enrolled[]> {
  const enrolled: Enrolled[] = [];
  for (const item of items) {
    const vectors: Float32Array[] = [];
    for (const photo of await referencePhotos(item, photosEach))
      vectors.push((await embedForEnrolment(photo, networks)).vector);
    enrolled.push({ product: item.product, vectors });
    onProgress(enrolled.length, items.length);
  }
  return enrolled;
}

/** Puts the store into a lane that stands alone. */
export function stockLane(catalog: Catalog, store: readonly Enrolled[]): void {
  for (const { product, vectors } of store)
    catalog.enrol(
      product,
      vectors.map((vector) => ({
        id: randomUUID(),
        sku: product.sku,
        embedderId: catalog.embedderId,
        vector: Array.from(vector),
      })),
    );
}

/** Puts the store into headquarters, which publishes it to every lane. What is known there keeps its price. */
export async function stockHeadquarters(catalog: CloudCatalog, store: readonly Enrolled[]): Promise<void> {
  for (const { product, vectors } of store) {
    if (!(await catalog.product(product.sku))) await catalog.putProduct(product, "demo");
    const references = vectors.map((vector) => ({ id: randomUUID(), vector }));
    await catalog.addReferences(product.sku, references, "demo");
  }
}
