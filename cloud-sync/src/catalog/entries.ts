import type { Product } from "@tillsight/contracts";
import type { FeedEntry, FeedReference, LaneRow } from "./feed.js";
import { type Override, resolve } from "./override.js";

/** One change of the log and what stood around it at its LSN, for one store. */
export type ChangeInContext =
  | {
      readonly kind: "product";
      readonly before: Product | null;
      readonly after: Product | null;
      readonly override: Override | null;
    }
  | {
      readonly kind: "reference";
      /** Null also when it is of another embedder. */
      readonly before: FeedReference | null;
      readonly after: FeedReference | null;
      readonly override: Override | null;
    }
  | {
      readonly kind: "override";
      readonly before: Override | null;
      readonly after: Override | null;
      readonly product: Product | null;
      /** Of the product, needed when its availability changes. */
      readonly references: readonly FeedReference[];
    };

/** The override takes the product, and with it its references, out of the store or brings it back. */
export const flipsAvailability = (before: Override | null, after: Override | null): boolean =>
  (before?.available ?? true) !== (after?.available ?? true);

const asRow = (product: Product | null): LaneRow | null => product && { kind: "product", product };
const asReference = (reference: FeedReference | null): LaneRow | null =>
  reference && { kind: "reference", reference };

/** What a change means to a store: nothing, one step, or several (a product with its references) at one LSN. */
export function entriesOf(lsn: number, change: ChangeInContext): FeedEntry[] {
  const steps = stepsOf(change).map(([before, after]) => ({ lsn, before, after }));
  return steps.filter(({ before, after }) => before !== null || after !== null);
}

function stepsOf(change: ChangeInContext): [before: LaneRow | null, after: LaneRow | null][] {
  switch (change.kind) {
    case "product": {
      const { before, after, override } = change;
      return [[asRow(before && resolve(before, override)), asRow(after && resolve(after, override))]];
    }
    case "reference":
      if (change.override?.available === false) return [];
      return [[asReference(change.before), asReference(change.after)]];
    case "override": {
      const { before, after, product, references } = change;
      if (!product) return [];
      const own: [LaneRow | null, LaneRow | null] = [
        asRow(resolve(product, before)),
        asRow(resolve(product, after)),
      ];
      if (!flipsAvailability(before, after)) return [own];
      // A reference never stands without its product.
      return after?.available === false
        ? [...references.map((r): [LaneRow, null] => [{ kind: "reference", reference: r }, null]), own]
        : [own, ...references.map((r): [null, LaneRow] => [null, { kind: "reference", reference: r }])];
    }
  }
}
