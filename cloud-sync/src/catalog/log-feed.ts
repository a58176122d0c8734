import { type NodeName, Product } from "@tillsight/contracts";
import type { Database } from "../storage/database.js";
import { referencesAt, type Stood, stoodAt, toReference } from "./as-of.js";
import { type ChangeKind, changeChannel, newestLsn, overrideKey, productKey } from "./change-log.js";
import { type ChangeInContext, entriesOf, flipsAvailability } from "./entries.js";
import type { CatalogFeed, FeedEntry, FeedReference, LaneRow } from "./feed.js";
import { liveRows } from "./live-rows.js";
import { Override } from "./override.js";

interface LogRow {
  readonly lsn: number;
  readonly key: string;
  readonly kind: ChangeKind;
  readonly sku: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly embedder_id: string | null;
  readonly vector: Uint8Array | null;
}

/** What stood around a page of changes at their LSNs, each in the order of the page. */
interface Context {
  readonly overrides: readonly (Override | null)[];
  readonly products: readonly (Product | null)[];
  readonly previous: readonly (FeedReference | null)[];
  readonly references: readonly (readonly FeedReference[])[];
}

/** The feed told from the log alone, so that it says the same of an LSN whenever it is asked. */
export class LogFeed implements CatalogFeed {
  readonly embedderId: string;
  readonly #db: Database;
  readonly #listeners = new Set<() => void>();
  #unlisten: () => Promise<void> = async () => {};

  constructor(db: Database, embedderId: string) {
    this.#db = db;
    this.embedderId = embedderId;
  }

  /** Begins to listen for changes. */
  async start(): Promise<void> {
    this.#unlisten = await this.#db.listen(changeChannel, () => {
      for (const listener of this.#listeners) listener();
    });
  }

  async stop(): Promise<void> {
    this.#listeners.clear();
    await this.#unlisten();
    this.#unlisten = async () => {};
  }

  lsn(): Promise<number> {
    return newestLsn(this.#db);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  rows(store: NodeName): Promise<{ readonly lsn: number; readonly rows: AsyncIterable<LaneRow> }> {
    return liveRows(this.#db, store, this.embedderId);
  }

  async after(
    store: NodeName,
    afterLsn: number,
    limit: number,
  ): Promise<{ readonly entries: readonly FeedEntry[]; readonly toLsn: number }> {
    // Read first: what is committed between the queries belongs to the next page.
    const newest = await this.lsn();
    if (newest <= afterLsn) return { entries: [], toLsn: afterLsn };
    const { rows } = await this.#db.query<LogRow>(
      `select lsn, key, kind, sku, before, after, embedder_id, vector from change
       where lsn > $1 and lsn <= $2 and (store is null or store = $3) order by lsn limit $4`,
      [afterLsn, newest, store, limit],
    );
    const context = await this.#contextOf(store, rows);
    const entries = rows.flatMap((row, i) => entriesOf(row.lsn, this.#inContext(row, i, context)));
    return { entries, toLsn: rows.length < limit ? newest : (rows.at(-1)?.lsn ?? newest) };
  }

  async #contextOf(store: NodeName, rows: readonly LogRow[]): Promise<Context> {
    const at = (wanted: (row: LogRow) => boolean, moment: (row: LogRow) => { key: string; lsn: number }) =>
      pick(rows, wanted, (some) => stoodAt(this.#db, some.map(moment)));
    const isOverride = (row: LogRow) => row.kind === "override";
    const overrides = await at(
      (row) => !isOverride(row),
      ({ sku, lsn }) => ({ key: overrideKey(store, sku), lsn }),
    );
    const products = await at(isOverride, ({ sku, lsn }) => ({ key: productKey(sku), lsn }));
    const previous = await at(
      (row) => row.kind === "reference" && row.before !== null,
      ({ key, lsn }) => ({ key, lsn: lsn - 1 }),
    );
    const references = await pick(
      rows,
      (row) => isOverride(row) && flipsAvailability(toOverride(row.before), toOverride(row.after)),
      (some) => referencesAt(this.#db, some, this.embedderId),
    );
    return {
      overrides: overrides.map((stood) => toOverride(stood?.body)),
      products: products.map((stood) => toProduct(stood?.body)),
      previous: previous.map((stood) => this.#reference(stood)),
      references: references.map((list) => list ?? []),
    };
  }

  #inContext(row: LogRow, i: number, context: Context): ChangeInContext {
    const override = context.overrides[i] ?? null;
    switch (row.kind) {
      case "product":
        return { kind: "product", before: toProduct(row.before), after: toProduct(row.after), override };
      case "reference": {
        const after = toReference(row.after, row.embedder_id, row.vector, this.embedderId);
        return { kind: "reference", before: context.previous[i] ?? null, after, override };
      }
      case "override": {
        const [before, after] = [toOverride(row.before), toOverride(row.after)];
        const product = context.products[i] ?? null;
        return { kind: "override", before, after, product, references: context.references[i] ?? [] };
      }
    }
  }

  #reference(stood: Stood | undefined): FeedReference | null {
    return stood ? toReference(stood.body, stood.embedderId, stood.vector, this.embedderId) : null;
  }
}

const toProduct = (body: unknown): Product | null => (body ? Product.parse(body) : null);
const toOverride = (body: unknown): Override | null => (body ? Override.parse(body) : null);

/** Asks for some of the rows; the answers come back at the places of their rows. */
async function pick<R, A>(
  rows: readonly R[],
  wanted: (row: R) => boolean,
  ask: (rows: readonly R[]) => Promise<readonly A[]>,
): Promise<(A | undefined)[]> {
  const places = rows.flatMap((row, i) => (wanted(row) ? [i] : []));
  const answers = places.length > 0 ? await ask(places.map((i) => rows[i] as R)) : [];
  const all: (A | undefined)[] = rows.map(() => undefined);
  for (const [n, i] of places.entries()) all[i] = answers[n];
  return all;
}
