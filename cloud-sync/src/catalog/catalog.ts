import { InvalidInputError, type Money, type NodeName, type Product, type Sku } from "@tillsight/contracts";
import { ConflictError, NotFoundError } from "../errors.js";
import type { Database, Sql } from "../storage/database.js";
import { type AuditEntry, type AuditQuery, readAudit } from "./audit.js";
import { type Author, type ChangeLog, type ChangeResult, change, overrideKey } from "./change-log.js";
import { LogFeed } from "./log-feed.js";
import { type Override, resolve } from "./override.js";
import {
  dropReferences,
  type NewReference,
  readForeignReferences,
  readReferencesOf,
  type StoredReference,
  writeReferences,
} from "./references.js";
import { canonicalOverride, canonicalProduct, type FieldError, priceErrors } from "./rules.js";
import { type SearchOptions, type SearchResult, searchProducts } from "./search.js";
import { readStores, requireStore, type Store, writeStore } from "./stores.js";
import { readOverrides, writeOverrides } from "./write-overrides.js";
import { claimCodes, readProducts, removeProducts, writeProducts } from "./write-products.js";

/** Sees what is there before a change, undefined for nothing, and throws to prevent it. */
export type Guard = (current: object | undefined) => void;

/** The chain's catalog. Each change takes the next LSN in the transaction that makes it. */
export class CloudCatalog {
  readonly embedderId: string;
  readonly feed: LogFeed;
  readonly #db: Database;

  private constructor(db: Database, embedderId: string) {
    this.#db = db;
    this.embedderId = embedderId;
    this.feed = new LogFeed(db, embedderId);
  }

  /** The database stays the caller's to close, after `close`. */
  static async open(db: Database, embedderId: string): Promise<CloudCatalog> {
    const catalog = new CloudCatalog(db, embedderId);
    await catalog.feed.start();
    return catalog;
  }

  async state(): Promise<{ readonly lsn: number }> {
    return { lsn: await this.feed.lsn() };
  }

  /** Called after each committed change, also of another copy of headquarters. */
  onChange(listener: () => void): () => void {
    return this.feed.onChange(listener);
  }

  async product(sku: Sku): Promise<Product | undefined> {
    return (await readProducts(this.#db, [sku])).get(sku);
  }

  /** As one store sells it; undefined when it does not. */
  async productIn(store: NodeName, sku: Sku): Promise<Product | undefined> {
    const product = await this.product(sku);
    return product && (resolve(product, (await this.override(store, sku)) ?? null) ?? undefined);
  }

  search(text: string, options: SearchOptions): Promise<SearchResult> {
    return searchProducts(this.#db, text, options);
  }

  /** The first `limit` of `search`. */
  async products(text: string, limit: number): Promise<readonly Product[]> {
    return (await this.search(text, { limit })).products;
  }

  /**
   * @param guard sees the product as it is before the change, and may refuse the change
   * @throws ConflictError when one of its barcodes belongs to another product; InvalidInputError; what `guard` throws
   */
  async putProduct(product: Product, actor: string, guard?: Guard): Promise<ChangeResult> {
    refuse(priceErrors(product.price, product.prices));
    return this.#change({ actor }, async (tx, log) => {
      if (guard) guard((await readProducts(tx, [product.sku])).get(product.sku));
      await write(tx, log, product);
    });
  }

  /** @throws NotFoundError, InvalidInputError, what `guard` throws */
  async setPrice(sku: Sku, price: Money, actor: string, guard?: Guard): Promise<ChangeResult> {
    return this.#change({ actor }, async (tx, log) => {
      const current = await requireProduct(tx, sku);
      guard?.(current);
      const product = { ...current, price };
      refuse(priceErrors(product.price, product.prices));
      await write(tx, log, product);
    });
  }

  /** Its references and overrides go with it. @throws NotFoundError, what `guard` throws */
  async removeProduct(sku: Sku, actor: string, guard?: Guard): Promise<ChangeResult> {
    return this.#change({ actor }, async (tx, log) => {
      const current = await requireProduct(tx, sku);
      guard?.(current);
      await removeProducts(tx, log, [sku]);
    });
  }

  async override(store: NodeName, sku: Sku): Promise<Override | undefined> {
    return (await readOverrides(this.#db, [{ store, sku }])).get(overrideKey(store, sku));
  }

  /**
   * Null takes it back.
   * @throws NotFoundError (store or product), InvalidInputError, what `guard` throws: it sees override and product as the store has them
   */
  async putOverride(
    store: NodeName,
    sku: Sku,
    override: Override | null,
    actor: string,
    guard?: Guard,
  ): Promise<ChangeResult> {
    return this.#change({ actor }, async (tx, log) => {
      await requireStore(tx, store);
      const product = await requireProduct(tx, sku);
      if (guard) {
        const before = (await readOverrides(tx, [{ store, sku }])).get(overrideKey(store, sku)) ?? null;
        guard({ override: before, product: resolve(product, before) ?? null });
      }
      const own = override && resolve(product, { ...override, available: true });
      if (own) refuse(priceErrors(own.price, own.prices));
      await writeOverrides(tx, log, [{ store, sku, override: override && canonicalOverride(override) }]);
    });
  }

  /** References that lanes with this embedder can use. */
  async referenceCount(): Promise<number> {
    const { rows } = await this.#db.query<{ n: number }>(
      "select count(*)::int as n from reference where embedder_id = $1",
      [this.embedderId],
    );
    return rows[0]?.n ?? 0;
  }

  stores(): Promise<Store[]> {
    return readStores(this.#db);
  }

  putStore(name: NodeName, label?: string): Promise<void> {
    return writeStore(this.#db, name, label);
  }

  /** @throws NotFoundError, ConflictError when an id is another product's */
  async addReferences(sku: Sku, references: readonly NewReference[], actor: string): Promise<ChangeResult> {
    return this.#change({ actor }, async (tx, log) => {
      await requireProduct(tx, sku);
      const { embedderId } = this;
      await writeReferences(
        tx,
        log,
        references.map((reference) => ({ ...reference, sku, embedderId })),
      );
    });
  }

  referencesOf(sku: Sku): ReturnType<typeof readReferencesOf> {
    return readReferencesOf(this.#db, sku);
  }

  /** References that another embedder made, with the picture that they were made of. */
  foreignReferences(): Promise<StoredReference[]> {
    return readForeignReferences(this.#db, this.embedderId);
  }

  async removeReference(referenceId: string, actor: string): Promise<ChangeResult> {
    return this.#change({ actor }, (tx, log) => dropReferences(tx, log, [referenceId]));
  }

  /** Who changed what, and when; newest first. */
  audit(query: AuditQuery): Promise<AuditEntry[]> {
    return readAudit(this.#db, query);
  }

  async close(): Promise<void> {
    await this.feed.stop();
  }

  async #change(author: Author, work: (tx: Sql, log: ChangeLog) => Promise<unknown>): Promise<ChangeResult> {
    const { lsn, changed } = await change(this.#db, author, work);
    return { lsn, changed };
  }
}

async function write(tx: Sql, log: ChangeLog, product: Product): Promise<void> {
  const { claims } = await writeProducts(tx, log, [canonicalProduct(product)]);
  const [taken] = await claimCodes(tx, claims);
  if (taken)
    throw new ConflictError(
      `barcode ${taken.code.slice(1)} belongs to product ${taken.owner}`,
      "Take it off that product first, or correct the number.",
    );
}

async function requireProduct(sql: Sql, sku: Sku): Promise<Product> {
  const product = (await readProducts(sql, [sku])).get(sku);
  if (!product)
    throw new NotFoundError(`there is no product ${sku}`, `Create it first: PUT /api/products/${sku}.`);
  return product;
}

function refuse(errors: readonly FieldError[]): void {
  const [first] = errors;
  if (first)
    throw new InvalidInputError(`${first.field}: ${first.message}`, "Correct the price and send it again.");
}
