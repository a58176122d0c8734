import { InvariantError, type TillMessage, type TransactionId } from "@tillsight/contracts";
import type { LineSinkCapabilities } from "../../ports/line-sink.js";
import { type LineState, netGrams, priceLine } from "./state.js";

/**
 * The messages that tell a till of one line: one where it understands a quantity, otherwise one per piece.
 *
 * @param count how many of them are wanted, when only some pieces are to be sent again
 * @throws InvariantError when the line is not priced
 */
export function planTillMessages(
  line: LineState,
  transactionId: TransactionId,
  capabilities: LineSinkCapabilities,
  newId: () => string,
  count = Number.POSITIVE_INFINITY,
): TillMessage[] {
  const { product } = line;
  if (!product) throw new InvariantError(`line ${line.id} is not identified and cannot go to the till`);
  const whole = capabilities.quantity || line.quantity === 1;
  const pieces = Math.min(count, whole ? 1 : line.quantity);
  return Array.from({ length: pieces }, () => ({
    kind: "item",
    messageId: newId(),
    transactionId,
    lineItemId: line.id,
    sku: product.sku,
    gtin: product.gtin,
    plu: product.plu,
    description: product.name.slice(0, 120),
    quantity: whole ? line.quantity : 1,
    grams: netGrams(product, line.grossGrams),
    unitPrice: product.unitPrice,
    total: whole ? priceLine(line, product.unitPrice.currency) : product.unitPrice,
    taxRateBp: product.taxRateBp,
  }));
}
