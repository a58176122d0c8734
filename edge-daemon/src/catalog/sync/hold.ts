import type { CatalogDelta, CatalogHead } from "@tillsight/contracts";

/**
 * Keeps a lane at an LSN while a rollout comes to others first. Deltas are never cut in two: a lane stops before the
 * one that would pass the limit. A snapshot may pass it too, so a lane that needs one waits.
 */
export class CatalogHold {
  readonly #limit: () => number | null;
  #next: Pick<CatalogDelta, "fromLsn" | "toLsn"> | null = null;

  /** @param limit null: none */
  constructor(limit: () => number | null) {
    this.#limit = limit;
  }

  /** Whether this delta must not be applied now. */
  stops(delta: Pick<CatalogDelta, "fromLsn" | "toLsn">): boolean {
    const limit = this.#limit();
    if (limit === null || delta.toLsn <= limit) return false;
    this.#next = { fromLsn: delta.fromLsn, toLsn: delta.toLsn };
    return true;
  }

  /** Whether there is nothing to ask for from `cursor` on, though headquarters is further. */
  rests(cursor: number, head: Pick<CatalogHead, "lsn" | "oldestLsn"> | null): boolean {
    const limit = this.#limit();
    if (limit === null || !head || head.lsn <= limit) return false;
    if (cursor >= limit || cursor < head.oldestLsn) return true;
    return this.#next?.fromLsn === cursor && this.#next.toLsn > limit;
  }
}
