/**
 * What the store's own references say about one product: it is learnt from the catalog, without training, and
 * tells how far a similarity can be trusted. A product whose own pictures are all alike must be met more closely
 * than one whose pictures differ; one that has a neighbour must be met more closely than one that stands alone.
 */
export interface Surroundings {
  /** References that the product has. */
  readonly references: number;
  /** Mean over its references of the similarity to the nearest other one of its own; null with only one. */
  readonly kin: number | null;
  /** Mean over its references of the similarity to the nearest one of another product; null without others. */
  readonly crowd: number | null;
}
