import { randomUUID } from "node:crypto";
import { TillMessage } from "@tillsight/contracts";

export type ItemMessage = Extract<TillMessage, { kind: "item" }>;
type Changes = Partial<Record<keyof ItemMessage, unknown>>;

/** One can of cola at 1.29, as a message of its own transaction, with what a test wants otherwise. */
export function anItem(changes: Changes = {}): ItemMessage {
  const item = TillMessage.parse({
    kind: "item",
    messageId: randomUUID(),
    transactionId: randomUUID(),
    lineItemId: randomUUID(),
    sku: "cola-033",
    gtin: "4006381333931",
    plu: null,
    description: "Cola 0,33 l",
    quantity: 1,
    grams: null,
    unitPrice: { minor: 129, currency: "EUR" },
    total: { minor: 129, currency: "EUR" },
    taxRateBp: 1900,
    ...changes,
  });
  return item as ItemMessage;
}

export const aVoid = ({ transactionId, lineItemId }: ItemMessage): TillMessage => ({
  kind: "void",
  messageId: randomUUID(),
  transactionId,
  lineItemId,
});

/** The total that fits these items, of one transaction and currency. */
export function aTotal(
  items: readonly ItemMessage[],
  transactionId: ItemMessage["transactionId"],
): TillMessage {
  const minor = items.reduce((sum, item) => sum + item.total.minor, 0);
  return {
    kind: "total",
    messageId: randomUUID(),
    transactionId,
    lines: items.length,
    total: { minor, currency: items[0]?.total.currency ?? "EUR" },
  };
}
