import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TransactionId } from "@tillsight/contracts";
import type { BasketEvent, BasketEventBody } from "../domain/basket/index.js";
import type { OutboxEntry } from "./outbox.js";

/** A folder for one test; `remove` takes it away with all that is in it. */
export function scratchFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "tillsight-journal-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export const newTransaction = () => randomUUID() as TransactionId;

export const event = (
  transactionId: TransactionId | null,
  body: BasketEventBody,
  at = 1_000,
): BasketEvent => ({
  at,
  transactionId,
  body,
});

export const opened = (id: TransactionId, at?: number): BasketEvent =>
  event(id, { type: "transactionOpened", currency: "EUR", helpWanted: false, trayArmed: true }, at);

export const done = (id: TransactionId, at?: number): BasketEvent =>
  event(id, { type: "transactionDone" }, at);

export const toTill = (transactionId: TransactionId, messageId: string = randomUUID()): OutboxEntry => ({
  destination: "till/test",
  messageId,
  transactionId,
  payload: JSON.stringify({ for: messageId }),
});
