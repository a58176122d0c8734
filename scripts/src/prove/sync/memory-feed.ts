import type { CatalogFeed, FeedEntry, LaneRow } from "@tillsight/cloud-sync";
import { rowKey } from "@tillsight/sync-protocol";

/**
 * A catalog in memory, for proofs whose subject is what comes after it: filling a database with 200,000 rows
 * would take longer than all that is measured. It keeps its history, as the real one does.
 */
export class MemoryFeed implements CatalogFeed {
  readonly embedderId: string;
  readonly #rows = new Map<string, LaneRow>();
  readonly #log: FeedEntry[] = [];
  readonly #listeners = new Set<() => void>();
  #base = 0;

  /** @param rows what was there before the history that is kept, in the order of keys. */
  constructor(embedderId: string, rows: Iterable<LaneRow> = []) {
    this.embedderId = embedderId;
    for (const row of rows) this.#rows.set(rowKey(row), row);
    this.#base = this.#rows.size;
  }

  get size(): number {
    return this.#rows.size;
  }

  row(key: string): LaneRow | undefined {
    return this.#rows.get(key);
  }

  put(row: LaneRow): void {
    this.#change(rowKey(row), row);
  }

  remove(key: string): void {
    if (this.#rows.has(key)) this.#change(key, null);
  }

  /** Tells the listeners once, after any number of changes. */
  tell(): void {
    for (const listener of this.#listeners) listener();
  }

  async lsn(): Promise<number> {
    return this.#base + this.#log.length;
  }

  async after(_store: string, afterLsn: number, limit: number) {
    const from = Math.max(0, afterLsn - this.#base);
    const entries = this.#log.slice(from, from + limit);
    return { entries, toLsn: entries.at(-1)?.lsn ?? afterLsn };
  }

  async rows() {
    const lsn = await this.lsn();
    const rows = [...this.#rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
    return { lsn, rows: stream(rows) };
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #change(key: string, after: LaneRow | null): void {
    const before = this.#rows.get(key) ?? null;
    this.#log.push({ lsn: this.#base + this.#log.length + 1, before, after });
    if (after) this.#rows.set(key, after);
    else this.#rows.delete(key);
  }
}

async function* stream(rows: readonly LaneRow[]): AsyncGenerator<LaneRow> {
  for (const [i, row] of rows.entries()) {
    // As a database would: others have their turn.
    if (i % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
    yield row;
  }
}
