import { randomUUID } from "node:crypto";
import type { Sku } from "@tillsight/contracts";
import type { CloudCatalog } from "../catalog/catalog.js";
import { NotFoundError } from "../errors.js";
import type { Logger } from "../log.js";
import type { EmbedPhoto } from "./embed-photo.js";
import { checkPhotos } from "./photo.js";
import type { PhotoStore } from "./photo-store.js";

export interface EnrolResult {
  readonly sku: Sku;
  readonly lsn: number;
  readonly references: readonly string[];
}

/** All pictures become references of the product, or none does. @throws PhotoRefusedError, NotFoundError */
export async function enrolPhotos(
  parts: { readonly catalog: CloudCatalog; readonly photos: PhotoStore; readonly embedPhoto: EmbedPhoto },
  sku: Sku,
  pictures: readonly Uint8Array[],
  actor: string,
): Promise<EnrolResult> {
  checkPhotos(pictures);
  if (!(await parts.catalog.product(sku)))
    throw new NotFoundError(`there is no product ${sku}`, `Create it first: PUT /api/products/${sku}.`);
  const references = [];
  for (const bytes of pictures) {
    const vector = await parts.embedPhoto(bytes);
    references.push({ id: randomUUID(), vector, photo: await parts.photos.put(bytes) });
  }
  const { lsn } = await parts.catalog.addReferences(sku, references, actor);
  return { sku, lsn, references: references.map(({ id }) => id) };
}

/** After a change of the embedder: every reference is made again from its picture, or goes when there is none. */
export async function embedAgain(
  parts: { readonly catalog: CloudCatalog; readonly photos: PhotoStore; readonly embedPhoto: EmbedPhoto },
  log: Logger,
): Promise<void> {
  const foreign = await parts.catalog.foreignReferences();
  if (foreign.length > 0)
    log.info("the embedder changed, references are made again", { references: foreign.length });
  for (const [done, { id, sku, photo }] of foreign.entries()) {
    if (done % 100 === 99) log.info("references are made again", { done: done + 1, of: foreign.length });
    try {
      if (photo === undefined)
        throw new NotFoundError(`reference ${id} has no picture`, "Enrol the product again.");
      const vector = await parts.embedPhoto(await parts.photos.get(photo));
      await parts.catalog.addReferences(sku, [{ id, vector, photo }], "embedder change");
    } catch (error) {
      log.warn("a reference could not be made again and is gone", { id, sku, error: String(error) });
      await parts.catalog.removeReference(id, "embedder change");
    }
  }
}
