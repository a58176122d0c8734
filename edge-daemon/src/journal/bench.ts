import { randomUUID } from "node:crypto";
import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { LineItemId, Sku, TransactionId } from "@tillsight/contracts";
import type { BasketEvent } from "../domain/basket/index.js";
import { quantile } from "../observe/quantile.js";
import { Journal } from "./journal.js";

export interface JournalBench {
  readonly appends: number;
  /** Milliseconds for one durable append of a line and its till message. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** The same for one write of 32 KiB and a bare fdatasync in that folder: what the disk itself takes. */
  readonly diskP50: number;
  readonly diskP99: number;
  /** Milliseconds to open the journal again, with all of that in it. */
  readonly reopen: number;
}

function lineAdded(transactionId: TransactionId): BasketEvent {
  return {
    at: 1_700_000_000_000,
    transactionId,
    body: {
      type: "lineAdded",
      lineItemId: randomUUID() as LineItemId,
      trayItemId: "item-1",
      source: "picture",
      product: {
        sku: "4011" as Sku,
        name: "Bananas, loose",
        unit: "each",
        unitPrice: { minor: 119, currency: "EUR" },
        taxRateBp: 700,
        tareGrams: 0,
        minAge: null,
        gtin: null,
        plu: null,
      },
      candidates: [],
      contested: false,
      quantity: 1,
    },
  };
}

function timeDisk(path: string, n: number): number[] {
  const file = openSync(path, "w");
  const block = Buffer.alloc(32_768);
  const times = Array.from({ length: n }, (_, i) => {
    const begun = performance.now();
    // Over and over the same stretch, as a write-ahead log does.
    writeSync(file, block, 0, block.length, (i % 128) * block.length);
    fdatasyncSync(file);
    return performance.now() - begun;
  });
  closeSync(file);
  return times;
}

/** Times `n` durable appends (one event, one outbox row each) to a new journal in `dir`. */
export function benchJournal(dir: string, n: number): JournalBench {
  const journal = new Journal(join(dir, `bench-${randomUUID()}.db`));
  journal.open();
  const transactionId = randomUUID() as TransactionId;
  const times: number[] = [];
  try {
    for (let i = 0; i < n; i++) {
      const event = lineAdded(transactionId);
      const payload = JSON.stringify(event);
      const outbox = [{ destination: "till/bench", messageId: randomUUID(), transactionId, payload }];
      const begun = performance.now();
      journal.append({ events: [event], outbox });
      times.push(performance.now() - begun);
    }
  } finally {
    journal.close();
  }
  const begun = performance.now();
  journal.open();
  const reopen = performance.now() - begun;
  journal.close();
  const disk = timeDisk(join(dir, `disk-${randomUUID()}`), n);
  return {
    appends: n,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    max: quantile(times, 1),
    diskP50: quantile(disk, 0.5),
    diskP99: quantile(disk, 0.99),
    reopen,
  };
}
