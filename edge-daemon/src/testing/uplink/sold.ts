import type { LineItemId, Sku, TransactionId } from "@tillsight/contracts";
import type { BasketEvent, BasketEventBody } from "../../domain/basket/index.js";

const uuid = (group: string, n: number) => `00000000-0000-4000-${group}-${String(n).padStart(12, "0")}`;

export const transactionIdOf = (n: number) => uuid("8000", n) as TransactionId;

/** What the n-th shopper pays, minor units. */
export const totalOfSale = (n: number): number => 100 + n;

/** The journal's events of one finished sale with one line, without what the till says in between. */
export function soldEvents(n: number, at = 1_750_000_000_000 + n * 60_000): BasketEvent[] {
  const event = (body: BasketEventBody, after: number): BasketEvent => ({
    ...{ at: at + after, transactionId: transactionIdOf(n), body },
  });
  return [
    event({ type: "transactionOpened", currency: "EUR", helpWanted: false, trayArmed: true }, 0),
    event(
      {
        ...{
          type: "lineAdded",
          lineItemId: uuid("9000", n) as LineItemId,
          trayItemId: null,
          source: "picture",
        },
        product: {
          ...{ sku: `sku-${n}` as Sku, name: `Item ${n}`, unit: "each", taxRateBp: 700, tareGrams: 0 },
          ...{ unitPrice: { minor: totalOfSale(n), currency: "EUR" }, minAge: null, gtin: null, plu: null },
        },
        ...{ candidates: [], contested: false, quantity: 1 },
      },
      1_000,
    ),
    event({ type: "helpCalled" }, 2_000),
    event({ type: "checkoutStarted" }, 3_000),
    event({ type: "transactionDone" }, 4_000),
  ];
}
