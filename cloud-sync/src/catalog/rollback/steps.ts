import { isDeepStrictEqual } from "node:util";
import type { Product, Sku } from "@tillsight/contracts";
import type { StoredReference } from "../references.js";
import type { StoreOverride } from "../write-overrides.js";
import type { SkuState } from "./states.js";

interface Three {
  readonly created: number;
  readonly changed: number;
  readonly removed: number;
}

/** What makes a product, with all that belongs to it, as it was. */
export interface SkuSteps {
  readonly sku: Sku;
  /** For people. */
  readonly name: string;
  /** Null: it is as it was, only what belongs to it is not. */
  readonly product: "created" | "changed" | "removed" | null;
  readonly write: Product | null;
  readonly overrides: readonly StoreOverride[];
  readonly references: readonly StoredReference[];
  /** References that were not there then. */
  readonly dropped: readonly string[];
  /** References that were there then and cannot come back: made by another embedder, and no picture is kept. */
  readonly missing: readonly string[];
  /** With what goes along with the product. */
  readonly counts: { readonly overrides: Three; readonly references: Three };
}

/**
 * Null when nothing differs. A vector of another embedder than the catalog's is of no use to lanes: a reference that
 * is still there stays as it is, one that is gone comes back only to be made again from its picture.
 *
 * @param kept whether a picture is still there
 */
export function stepsBack(
  sku: string,
  now: SkuState,
  then: SkuState,
  embedderId: string,
  kept: (photo: string) => boolean,
): SkuSteps | null {
  const product = compare(now.product, then.product);
  const gone = then.product === null;
  // What belongs to a product that goes, goes with it.
  const overrides = gone ? [] : overridesBack(sku as Sku, now, then);
  const { references, missing } = gone ? nothing : referencesBack(now, then, embedderId, kept);
  const dropped = gone ? [] : [...now.references.keys()].filter((id) => !then.references.has(id));
  if (!product && [overrides, references, dropped, missing].every((list) => list.length === 0)) return null;
  return {
    ...{ sku: sku as Sku, name: (then.product ?? now.product)?.name ?? sku },
    ...{ product, write: product === "removed" ? null : product && then.product },
    ...{ overrides, references, dropped, missing },
    counts: {
      overrides: gone
        ? { created: 0, changed: 0, removed: now.overrides.size }
        : {
            created: overrides.filter(({ store }) => !now.overrides.has(store)).length,
            changed: overrides.filter(({ store, override }) => override && now.overrides.has(store)).length,
            removed: overrides.filter(({ override }) => override === null).length,
          },
      references: {
        created: references.filter(({ id }) => !now.references.has(id)).length,
        changed: references.filter(({ id }) => now.references.has(id)).length,
        removed: gone ? now.references.size : dropped.length,
      },
    },
  };
}

const nothing: Pick<SkuSteps, "references" | "missing"> = { references: [], missing: [] };

function compare(now: Product | null, then: Product | null): SkuSteps["product"] {
  if (then === null) return now && "removed";
  if (now === null) return "created";
  return isDeepStrictEqual(now, then) ? null : "changed";
}

function overridesBack(sku: Sku, now: SkuState, then: SkuState): StoreOverride[] {
  const stores = [...new Set([...now.overrides.keys(), ...then.overrides.keys()])].sort();
  return stores.flatMap((store) => {
    const [is, was] = [now.overrides.get(store) ?? null, then.overrides.get(store) ?? null];
    return isDeepStrictEqual(is, was) ? [] : [{ store: store as StoreOverride["store"], sku, override: was }];
  });
}

function referencesBack(
  now: SkuState,
  then: SkuState,
  embedderId: string,
  kept: (photo: string) => boolean,
): Pick<SkuSteps, "references" | "missing"> {
  const references: StoredReference[] = [];
  const missing: string[] = [];
  for (const was of then.references.values()) {
    const is = now.references.get(was.id);
    if (was.embedderId === embedderId) {
      if (!is || !isDeepStrictEqual(is, was)) references.push(was);
    } else if (is) {
      // Made again since then.
    } else if (was.photo !== undefined && kept(was.photo)) references.push(was);
    else missing.push(was.id);
  }
  return { references, missing };
}
