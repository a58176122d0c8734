import type { TransactionId } from "@tillsight/contracts";
import type { BasketEvent, BasketEventBody } from "../../domain/basket/index.js";
import type { JournalEntry } from "../../journal/journal.js";

export const transactionOf = (n: number) =>
  `00000000-0000-4000-8000-${String(n).padStart(12, "0")}` as TransactionId;

/** How many events and messages the n-th entry has: different for neighbours, known to whoever checks. */
export const sizeOf = (n: number) => ({ events: 2 + ((n * 7) % 11), messages: (n * 5) % 4 });

/** One whole transaction as a single entry. */
export function entryOf(n: number): JournalEntry {
  const transactionId = transactionOf(n);
  const { events: count, messages } = sizeOf(n);
  const event = (body: BasketEventBody): BasketEvent => ({ at: n, transactionId, body });
  const middle = Array.from({ length: count - 2 }, () => event({ type: "helpCalled" }));
  return {
    events: [
      event({ type: "transactionOpened", currency: "EUR", helpWanted: false, trayArmed: true }),
      ...middle,
      event({ type: "transactionDone" }),
    ],
    outbox: Array.from({ length: messages }, (_, i) => ({
      destination: "till/test",
      messageId: `0000000${i}-0000-4000-9000-${String(n).padStart(12, "0")}`,
      transactionId,
      payload: JSON.stringify({ n, i, padding: "x".repeat((n * 37) % 3000) }),
    })),
  };
}
