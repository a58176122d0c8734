import { InvalidInputError, type Product, type Sku } from "@tillsight/contracts";
import type { Picture } from "@tillsight/models";
import type { CatalogReader } from "../ports/catalog.js";
import { dot } from "./vectors.js";
import type { CatalogWriter } from "./writer.js";

export interface EnrolRequest {
  readonly product: Product;
  /** One to five pictures of the item, each cut to the item. */
  readonly photos: readonly Picture[];
  /** Unit vectors, one for each picture, by the lane's own embedder. */
  readonly embed: (photos: readonly Picture[]) => Promise<readonly Float32Array[]>;
  /** Ids that no other store or lane makes; a UUID. */
  readonly newId: () => string;
  /** Similarity from which another product is named as a conflict; the manifest's ambiguous threshold. */
  readonly conflictFrom: number;
  /** `refuse` leaves the catalog untouched when there is a conflict, so that a person may decide. */
  readonly onConflict?: "store" | "refuse";
}

export interface EnrolConflict {
  readonly sku: Sku;
  readonly name: string;
  /** Cosine similarity of the closest pair, -1..1. */
  readonly score: number;
  /** Which picture, counted from 1. */
  readonly photo: number;
}

export interface EnrolReport {
  readonly enrolled: boolean;
  readonly referenceIds: readonly string[];
  /** Other products that look like this one, most alike first. */
  readonly conflicts: readonly EnrolConflict[];
  /** Lowest similarity between two of the pictures, -1..1; 1 for a single one. Low: are they the same item? */
  readonly agreement: number;
}

/**
 * Makes an item sellable from a few pictures: nothing is trained, its references are searchable when the
 * promise resolves.
 *
 * @throws InvalidInputError for no or more than five pictures; what CatalogWriter.enrol throws.
 */
export async function enrolItem(
  catalog: CatalogReader & CatalogWriter,
  request: EnrolRequest,
): Promise<EnrolReport> {
  const { product, photos, embed, newId, conflictFrom } = request;
  if (photos.length < 1 || photos.length > 5)
    throw new InvalidInputError(`${photos.length} pictures`, "Give one to five pictures of the item.");
  const vectors = await embed(photos);
  const conflicts = findConflicts(catalog, product.sku, vectors, conflictFrom);
  const agreement = leastSimilarity(vectors);
  if (conflicts.length > 0 && request.onConflict === "refuse")
    return { enrolled: false, referenceIds: [], conflicts, agreement };
  const references = vectors.map((vector) => ({
    ...{ id: newId(), sku: product.sku, embedderId: catalog.embedderId },
    vector: Array.from(vector),
  }));
  catalog.enrol(product, references);
  return { enrolled: true, referenceIds: references.map(({ id }) => id), conflicts, agreement };
}

function findConflicts(
  catalog: CatalogReader,
  own: Sku,
  vectors: readonly Float32Array[],
  from: number,
): EnrolConflict[] {
  const closest = new Map<Sku, EnrolConflict>();
  vectors.forEach((vector, at) => {
    // Deep enough to see past the references that this SKU may have already.
    for (const { sku, score } of catalog.nearest(vector, 32)) {
      if (sku === own || score < from || score <= (closest.get(sku)?.score ?? -1)) continue;
      closest.set(sku, { sku, score, photo: at + 1, name: catalog.product(sku)?.name ?? sku });
    }
  });
  return [...closest.values()].sort((a, b) => b.score - a.score);
}

function leastSimilarity(vectors: readonly Float32Array[]): number {
  let least = 1;
  vectors.forEach((a, i) => {
    for (const b of vectors.slice(i + 1)) least = Math.min(least, dot(a, 0, b, a.length));
  });
  return least;
}
