import { z } from "zod";

const Count = z.int().min(0);
const Three = z.strictObject({ created: Count, changed: Count, removed: Count });

/** Entries that a report names; the rest is counted. */
export const named = 100;

/** What a roll-back does, or would do. */
export const RollbackReport = z.strictObject({
  /** The catalog becomes what it was at this LSN … */
  toLsn: z.int().min(0),
  /** … where nobody has changed it after this one. */
  throughLsn: z.int().min(1),
  /** The catalog's newest LSN: after it was done; of a preview: now. */
  lsn: z.int().min(0),
  ...{ products: Three, overrides: Three, references: Three },
  /** Whose changes these are, the most first. */
  undoes: z.array(z.strictObject({ actor: z.string(), source: z.string().nullable(), changes: Count })),
  /** The first products that it concerns. */
  sample: z.array(
    z.strictObject({
      ...{ sku: z.string(), name: z.string() },
      change: z.enum(["created", "changed", "removed", "belongings"]),
    }),
  ),
  skus: Count.meta({ description: "Products that it concerns, with what belongs to them" }),
  /** Products that stay as they are. */
  left: z.strictObject({
    count: Count,
    items: z.array(z.strictObject({ sku: z.string(), why: z.enum(["changedSince", "barcodeTaken"]) })),
  }),
  /** References that cannot come back: another embedder made them, and their picture is not kept. */
  missing: z.strictObject({
    count: Count,
    items: z.array(z.strictObject({ sku: z.string(), reference: z.string() })),
  }),
  /** References that another embedder made: they come back, and serve lanes once they are made again. */
  madeAgain: Count,
});
export type RollbackReport = z.infer<typeof RollbackReport>;

/** A roll-back that was done. */
export const Rollback = z.strictObject({
  ...{ id: z.uuid(), actor: z.string(), reason: z.string() },
  ...{ at: z.iso.datetime(), report: RollbackReport },
});
export type Rollback = z.infer<typeof Rollback>;
