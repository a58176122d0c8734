import type { UpBatch } from "@tillsight/contracts";

/** How far one stream of one outbox has come. */
export interface UpCursor {
  readonly n: number;
  /** Numbers that never came, because the lane had no room for them. */
  readonly missing: number;
}

export type BatchVerdict =
  | { readonly take: true; readonly cursor: UpCursor }
  /** Headquarters has less than the lane believes (it was restored from a backup): send again from `upTo`. */
  | { readonly take: false; readonly upTo: number };

/** What to do with a batch. Records at or below the cursor are repetitions, which their ids make harmless. */
export function judgeBatch(cursor: UpCursor, batch: Pick<UpBatch, "after" | "records">): BatchVerdict {
  if (batch.after > cursor.n) return { take: false, upTo: cursor.n };
  let { n, missing } = cursor;
  for (const record of batch.records) {
    if (record.n <= n) continue;
    missing += record.n - n - 1;
    n = record.n;
  }
  return { take: true, cursor: { n, missing } };
}
