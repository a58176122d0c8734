import { createHash } from "node:crypto";
import { type LaneEvent, type LineItem, type Sale, SaleLine, type TransactionId } from "@tillsight/contracts";
import { type BasketEvent, emptyBasket, evolve, viewBasket } from "../domain/basket/index.js";
import type { NewRecord } from "./outbox.js";

/** A UUID (RFC 9562, version 8) that the same parts always give: what is collected twice is stored once. */
export function derivedId(...parts: readonly (string | number)[]): string {
  const hex = createHash("sha256").update(parts.join("|")).digest("hex");
  const variant = ((Number.parseInt(hex[16] as string, 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join("-");
}

const saleLine = (line: LineItem): SaleLine =>
  SaleLine.parse({
    ...{ id: line.id, sku: line.sku, name: line.name, unit: line.unit, quantity: line.quantity },
    ...{ grams: line.grams, unitPrice: line.unitPrice, taxRateBp: line.taxRateBp, total: line.total },
    ...{ source: line.source, voided: line.till === "voided" },
  });

/** What is worth telling of an event, besides the sale itself. */
function telling({ body }: BasketEvent): Pick<LaneEvent, "severity" | "text"> | null {
  switch (body.type) {
    case "helpCalled":
      return { severity: "info", text: "A shopper called for help" };
    case "ageApproved":
      return { severity: "info", text: `An attendant vouched for an age of ${body.minAge}` };
    case "lineRemoved":
      if (body.reason === "ageRefused")
        return { severity: "info", text: "A line was removed: the age was not shown" };
      return body.reason === "attendant" ? { severity: "info", text: "An attendant removed a line" } : null;
    case "lineVoided":
      return { severity: "info", text: "A line was voided" };
    case "tillRefused":
      return { severity: "warning", text: `The till refused: ${body.reason}`.slice(0, 500) };
    case "tillInDoubt":
      return { severity: "warning", text: `Not known whether the till has it: ${body.reason}`.slice(0, 500) };
    case "doubtSettled":
      return { severity: "info", text: `An attendant found it ${body.onTill ? "" : "not "}on the till` };
    case "suspended":
      return { severity: "info", text: "The basket was suspended" };
    default:
      return null;
  }
}

/**
 * A finished transaction as headquarters gets it: its sale and what happened on the way. Nothing of one that was
 * emptied again before anything was charged.
 *
 * @param events of one transaction, from its opening on; those after its end are passed over
 */
export function recordsOf(events: readonly BasketEvent[]): NewRecord[] {
  const [opening] = events;
  if (opening?.body.type !== "transactionOpened" || opening.transactionId === null) return [];
  const { transactionId } = opening;
  const told: NewRecord<"event">[] = [];
  let state = emptyBasket(opening.body.currency);
  for (const [i, event] of events.entries()) {
    const { type } = event.body;
    if (type === "transactionDone" || type === "transactionCancelled") {
      if (event.body.type === "transactionCancelled" && event.body.reason === "emptied") return told;
      const { lines, total, currency } = viewBasket(state);
      const sale: Sale = {
        ...{ transactionId, status: type === "transactionDone" ? "done" : "cancelled" },
        ...{ openedAt: opening.at, endedAt: event.at, currency, lines: lines.map(saleLine), total },
      };
      return [{ stream: "sale", id: transactionId, at: event.at, body: sale }, ...told];
    }
    const text = telling(event);
    if (text) told.push(eventRecord(derivedId(transactionId, i), event.at, type, text, transactionId));
    state = evolve(state, event);
  }
  return [];
}

export function eventRecord(
  id: string,
  at: number,
  type: string,
  { severity, text }: Pick<LaneEvent, "severity" | "text">,
  transactionId: TransactionId | null = null,
): NewRecord<"event"> {
  return { stream: "event", id, at, body: { at, type, severity, text: text.slice(0, 500), transactionId } };
}
