import { z } from "zod";
import { Gtin, LineItemId, Plu, Sku, TransactionId } from "./ids.js";
import { Money } from "./money.js";

const common = {
  /** Idempotency key: the same message sent twice counts once. */ messageId: z.uuid(),
  transactionId: TransactionId,
};

/** One message to the till. Sinks that cannot say all of it declare so in their capabilities. */
export const TillMessage = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("item"),
    ...common,
    lineItemId: LineItemId,
    sku: Sku,
    gtin: Gtin.nullable(),
    plu: Plu.nullable(),
    description: z.string().max(120),
    quantity: z.int().min(1).max(999),
    grams: z.int().min(1).nullable(),
    unitPrice: Money,
    total: Money,
    taxRateBp: z.int().min(0).max(10_000),
  }),
  z.strictObject({ kind: z.literal("void"), ...common, lineItemId: LineItemId }),
  z.strictObject({ kind: z.literal("total"), ...common, lines: z.int().min(0), total: Money }),
]);
export type TillMessage = z.infer<typeof TillMessage>;
