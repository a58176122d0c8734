import { InvariantError, scaleMoney, type TillMessage, type TransactionId } from "@tillsight/contracts";
import type { LineSinkCapabilities } from "../../ports/line-sink.js";
import { type LineState, netGrams, priceLine } from "./state.js";

type ItemMessage = Extract<TillMessage, { kind: "item" }>;

/**
 * The messages that tell a till of `units` pieces of a line (all of it, or what must be sent once more): one
 * where the till understands a quantity, otherwise one per piece.
 *
 * @throws InvariantError when the line is not identified
 */
export function planTillMessages(
  line: LineState,
  transactionId: TransactionId,
  capabilities: LineSinkCapabilities,
  newId: () => string,
  units = line.quantity,
): ItemMessage[] {
  const { product } = line;
  if (!product) throw new InvariantError(`line ${line.id} is not identified and cannot go to the till`);
  const quantities = capabilities.quantity ? [units] : Array.from({ length: units }, () => 1);
  return quantities.map((quantity) => ({
    kind: "item",
    messageId: newId(),
    transactionId,
    lineItemId: line.id,
    sku: product.sku,
    gtin: product.gtin,
    plu: product.plu,
    description: product.name.slice(0, 120),
    quantity,
    grams: netGrams(product, line.grossGrams),
    unitPrice: product.unitPrice,
    total:
      product.unit === "weight"
        ? priceLine(line, product.unitPrice.currency)
        : scaleMoney(product.unitPrice, quantity),
    taxRateBp: product.taxRateBp,
  }));
}
