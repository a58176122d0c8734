import type { Product } from "@tillsight/contracts";
import type { z } from "zod";
import type { Sql } from "../../storage/database.js";
import { type ChangeLog, overrideKey } from "../change-log.js";
import type { Override } from "../override.js";
import type { FieldError } from "../rules.js";
import { readStores } from "../stores.js";
import { readOverrides, type StoreOverride, writeOverrides } from "../write-overrides.js";
import { type Claim, readProducts, writeProducts } from "../write-products.js";
import { overrideColumns, productColumns } from "./cells.js";
import { OverridePatch, type Patched, ProductPatch, patchOverride, patchProduct } from "./patch.js";

export const kindNames = ["products", "overrides"] as const;
export type KindName = (typeof kindNames)[number];

export interface StagedLine {
  readonly line: number;
  readonly body: unknown;
}

export interface LineError extends FieldError {
  readonly line: number;
}

export interface Applied {
  readonly created: number;
  readonly changed: number;
  readonly removed: number;
  readonly errors: readonly LineError[];
  /** Barcodes to claim once all lines are written. */
  readonly claims: readonly Claim[];
}

/** What can be imported. */
export interface Kind {
  readonly columns: readonly string[];
  /** Columns that name the record. */
  readonly required: readonly string[];
  readonly patch: z.ZodType;
  keyOf(body: unknown): string;
  /** Writes what fits; with an error the transaction must not commit. */
  apply(tx: Sql, log: ChangeLog, lines: readonly StagedLine[], currency?: string): Promise<Applied>;
}

interface Sorted<T> {
  readonly fit: readonly T[];
  readonly errors: readonly LineError[];
}

/** Those that fit, and what is wrong with the others. */
function sorted<T>(list: readonly { readonly line: number; readonly patched: Patched<T> }[]): Sorted<T> {
  return {
    fit: list.flatMap(({ patched }) => ("value" in patched ? [patched.value] : [])),
    errors: list.flatMap(({ line, patched }) =>
      "errors" in patched ? patched.errors.map((error) => ({ line, ...error })) : [],
    ),
  };
}

const products: Kind = {
  columns: productColumns,
  required: ["sku"],
  patch: ProductPatch,
  keyOf: (body) => (body as ProductPatch).sku,
  async apply(tx, log, lines, currency) {
    const patches = lines.map(({ line, body }) => ({ line, patch: body as ProductPatch }));
    const current = await readProducts(
      tx,
      patches.map(({ patch }) => patch.sku),
    );
    const { fit, errors } = sorted<Product>(
      patches.map(({ line, patch }) => ({
        line,
        patched: patchProduct(current.get(patch.sku), patch, currency),
      })),
    );
    return { ...(await writeProducts(tx, log, fit)), removed: 0, errors };
  },
};

const overrides: Kind = {
  columns: overrideColumns,
  required: ["store", "sku"],
  patch: OverridePatch,
  keyOf: (body) => overrideKey((body as OverridePatch).store, (body as OverridePatch).sku),
  async apply(tx, log, lines) {
    const patches = lines.map(({ line, body }) => ({ line, patch: body as OverridePatch }));
    const stores = new Set((await readStores(tx)).map(({ name }) => name));
    const skus = [...new Set(patches.map(({ patch }) => patch.sku))];
    const known = await readProducts(tx, skus);
    const current = await readOverrides(
      tx,
      patches.map(({ patch }) => patch),
    );
    const { fit, errors } = sorted<StoreOverride>(
      patches.map(({ line, patch }) => ({ line, patched: fitOverride(patch, stores, known, current) })),
    );
    return { ...(await writeOverrides(tx, log, fit)), errors, claims: [] };
  },
};

function fitOverride(
  patch: OverridePatch,
  stores: ReadonlySet<string>,
  products: ReadonlyMap<string, Product>,
  current: ReadonlyMap<string, Override>,
): Patched<StoreOverride> {
  const { store, sku } = patch;
  const product = products.get(sku);
  if (!stores.has(store)) return { errors: [{ field: "store", message: `there is no store ${store}` }] };
  if (!product) return { errors: [{ field: "sku", message: `there is no product ${sku}` }] };
  const patched = patchOverride(current.get(overrideKey(store, sku)), patch, product);
  return "errors" in patched ? patched : { value: { store, sku, override: patched.value } };
}

export const kinds: Readonly<Record<KindName, Kind>> = { products, overrides };
