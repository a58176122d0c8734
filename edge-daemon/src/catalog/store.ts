import type { Product, Reference, Sku } from "@tillsight/contracts";
import {
  type LaneRow,
  type PublicKey,
  StateHash,
  type Trust,
  type TrustChange,
} from "@tillsight/sync-protocol";
import { barcodeKey, barcodeKeys } from "./barcode.js";
import type { Db } from "./database.js";
import { fold, likePattern, type Origin, type ProductRow, toProduct, toRow } from "./rows.js";
import { keepTrust, loadTrust } from "./sync/trust-store.js";
import { fromBlob, fromBytes, toBlob, toBytes, vectorTag } from "./vectors.js";

/** What a write means for the index. */
export interface IndexChange {
  readonly origin: Origin;
  readonly added?: { readonly label: number; readonly vector: Float32Array; readonly sku: string };
  readonly removed?: number;
  /** The reference now belongs to another product; its vector is the same. */
  readonly moved?: true;
}

interface LabelRow {
  label: number;
  sku: string;
  origin: Origin;
  embedder_id: string;
  tag: number;
}

interface VectorRow {
  vector: Buffer;
  packed: number;
}

const unpack = ({ vector, packed }: VectorRow): Float32Array =>
  packed ? fromBytes(vector) : fromBlob(vector);

/** The SQL of the catalog, each statement prepared once. Writes belong inside `transaction`. */
export class CatalogStore {
  readonly #db: Db;
  readonly #sql: ReturnType<typeof prepare>;

  constructor(db: Db) {
    this.#db = db;
    this.#sql = prepare(db);
  }

  transaction<T>(work: () => T): T {
    return this.#db.transaction(work).immediate();
  }

  /** Changes whenever another connection has committed. */
  dataVersion(): number {
    return Number(this.#db.pragma("data_version", { simple: true }));
  }

  meta(key: string): string | undefined {
    return (this.#sql.meta.get(key) as { value: string } | undefined)?.value;
  }

  setMeta(key: string, value: string): void {
    this.#sql.setMeta.run(key, value);
  }

  get lsn(): number {
    return Number(this.meta("lsn"));
  }

  product(sku: Sku): Product | undefined {
    return toProduct(this.#sql.product.get(sku) as ProductRow | undefined);
  }

  origin(sku: Sku): Origin | undefined {
    return (this.#sql.product.get(sku) as ProductRow | undefined)?.origin;
  }

  productByBarcode(digits: string): Product | undefined {
    const key = barcodeKey(digits);
    return key === undefined ? undefined : toProduct(this.#sql.byBarcode.get(key) as ProductRow | undefined);
  }

  search(text: string, limit: number): Product[] {
    const folded = fold(text).trim();
    const args = { sku: text.trim(), start: likePattern(folded, ""), any: likePattern(folded), limit };
    return (this.#sql.search.all(args) as ProductRow[]).map((row) => toProduct(row));
  }

  productCount(): number {
    return (this.#sql.productCount.get() as { n: number }).n;
  }

  /** Products that are sold by weight. Reads the whole table: ask after a change, not on every look. */
  weighedCount(): number {
    return (this.#sql.weighedCount.get() as { n: number }).n;
  }

  /**
   * A code that another product had goes to this one: the newest word on a barcode wins.
   * @param digest of headquarters' row; without it the product is this store's own.
   */
  upsertProduct(product: Product, digest: Uint8Array | null = null): void {
    this.#sql.upsertProduct.run({ ...toRow(product, digest ? "hq" : "store"), digest });
    this.#sql.clearBarcodes.run(product.sku);
    for (const key of barcodeKeys(product).keys()) this.#sql.putBarcode.run(key, product.sku);
  }

  /** What this store enrolled of it goes too; headquarters removes its own references one by one. */
  removeProduct(sku: Sku): IndexChange[] {
    const rows = this.#sql.referencesOfSku.all(sku) as LabelRow[];
    for (const row of rows) this.#sql.dropLabel.run(row.label);
    this.#sql.dropProduct.run(sku);
    return rows.map((row) => ({ origin: row.origin, removed: row.label }));
  }

  /** @param digest of headquarters' row; without it the reference is this store's own. */
  upsertReference(
    reference: Omit<Reference, "vector">,
    vector: Float32Array,
    digest: Uint8Array | null = null,
  ): IndexChange[] {
    const { id, sku, embedderId } = reference;
    const origin: Origin = digest ? "hq" : "store";
    const tag = vectorTag(vector);
    const old = this.#sql.referenceById.get(id) as LabelRow | undefined;
    if (old && old.origin === origin && old.embedder_id === embedderId && old.tag === tag) {
      this.#sql.moveReference.run(sku, digest, old.label);
      return old.sku === sku ? [] : [{ origin, moved: true }];
    }
    const changes = old ? this.removeReference(id) : [];
    const blob = digest ? toBytes(vector) : toBlob(vector);
    const row = this.#sql.putReference.run(id, sku, origin, embedderId, tag, blob, digest);
    changes.push({ origin, added: { label: Number(row.lastInsertRowid), vector, sku } });
    return changes;
  }

  removeReference(id: string): IndexChange[] {
    const old = this.#sql.referenceById.get(id) as LabelRow | undefined;
    if (!old) return [];
    this.#sql.dropLabel.run(old.label);
    return [{ origin: old.origin, removed: old.label }];
  }

  /** Of headquarters' row; undefined when there is none. */
  productDigest(sku: string): Buffer | undefined {
    return (this.#sql.productDigest.get(sku) as Buffer | null | undefined) ?? undefined;
  }

  /** Of headquarters' row; undefined when there is none. */
  referenceDigest(id: string): Buffer | undefined {
    return (this.#sql.referenceDigest.get(id) as Buffer | null | undefined) ?? undefined;
  }

  /** Keys of everything that headquarters sent, as the sync protocol writes them. */
  hqKeys(): string[] {
    return this.#sql.hqKeys.all() as string[];
  }

  /** The state hash, added up from the digests that are kept with the rows. */
  digestSum(): Buffer {
    const sum = new StateHash();
    for (const digest of this.#sql.digests.iterate() as IterableIterator<Buffer>) sum.add(digest);
    return sum.bytes();
  }

  /** Everything that headquarters sent, as it is stored. */
  *hqRows(): IterableIterator<LaneRow> {
    for (const row of this.#sql.hqProducts.iterate() as IterableIterator<ProductRow>)
      yield { kind: "product", product: toProduct(row) };
    const references = this.#sql.hqReferences.iterate() as IterableIterator<
      VectorRow & { id: string; sku: Sku; embedder_id: string }
    >;
    for (const row of references)
      yield {
        kind: "reference",
        reference: { id: row.id, sku: row.sku, embedderId: row.embedder_id, vector: unpack(row) },
      };
  }

  isStoresReference(id: string): boolean {
    return (this.#sql.referenceById.get(id) as LabelRow | undefined)?.origin === "store";
  }

  dropReferencesOfOtherEmbedders(origin: Origin, embedderId: string): number {
    return this.#sql.dropOtherEmbedders.run(origin, embedderId).changes;
  }

  /** References that cannot be searched because another embedder made them. */
  foreignReferenceCount(embedderId: string): number {
    return (this.#sql.foreignCount.get({ own: embedderId }) as { n: number }).n;
  }

  /** Label and tag of every searchable reference of one shard. */
  labels(origin: Origin, embedderId: string): Map<number, number> {
    const rows = this.#sql.labels.raw().all(embedderId, origin) as [number, number][];
    return new Map(rows);
  }

  vector(label: number): Float32Array | undefined {
    const row = this.#sql.vector.get(label) as VectorRow | undefined;
    return row && unpack(row);
  }

  /** Every searchable reference of one product. */
  placedReferences(sku: Sku, embedderId: string): { label: number; vector: Float32Array }[] {
    const rows = this.#sql.placedOfSku.all(sku, embedderId) as (VectorRow & { label: number })[];
    return rows.map((row) => ({ label: row.label, vector: unpack(row) }));
  }

  *vectors(origin: Origin, embedderId: string): IterableIterator<[number, Float32Array]> {
    const rows = this.#sql.vectors.iterate(embedderId, origin) as IterableIterator<
      VectorRow & { label: number }
    >;
    for (const row of rows) yield [row.label, unpack(row)];
  }

  /** What this lane believes: the keys of its settings, and what it learnt from them. */
  trust(anchors: readonly PublicKey[]): Trust {
    return loadTrust(this.#db, anchors);
  }

  keepTrust(change: TrustChange): void {
    keepTrust(this.#db, change);
  }

  /** Undefined when the reference is gone or nothing is sold under its SKU. */
  named(label: number): { id: string; sku: Sku } | undefined {
    return this.#sql.named.get(label) as { id: string; sku: Sku } | undefined;
  }

  close(): void {
    this.#db.close();
  }
}

function prepare(db: Db) {
  return {
    meta: db.prepare("select value from meta where key = ?"),
    setMeta: db.prepare(
      "insert into meta values (?, ?) on conflict (key) do update set value = excluded.value",
    ),
    product: db.prepare("select * from product where sku = ?"),
    byBarcode: db.prepare("select p.* from barcode b join product p using (sku) where b.code = ?"),
    search: db.prepare(`
      select * from product where folded like @any escape '\\' or sku = @sku
      order by case when sku = @sku then 0 when folded like @start escape '\\' then 1 else 2 end, name, sku
      limit @limit`),
    productCount: db.prepare("select count(*) as n from product"),
    weighedCount: db.prepare("select count(*) as n from product where unit = 'weight'"),
    upsertProduct: db.prepare(`
      insert into product values (@sku, @name, @folded, @unit, @priceMinor, @currency, @taxRateBp, @gtins, @plu,
        @tareGrams, @minAge, @origin, @names, @prices, @image, @digest, @unitGrams,
        @unitToleranceGrams)
      on conflict (sku) do update set name = excluded.name, folded = excluded.folded, unit = excluded.unit,
        price_minor = excluded.price_minor, currency = excluded.currency, tax_rate_bp = excluded.tax_rate_bp,
        gtins = excluded.gtins, plu = excluded.plu, tare_grams = excluded.tare_grams, min_age = excluded.min_age,
        origin = excluded.origin, names = excluded.names, prices = excluded.prices, image = excluded.image,
        digest = excluded.digest, unit_grams = excluded.unit_grams,
        unit_tolerance_grams = excluded.unit_tolerance_grams`),
    clearBarcodes: db.prepare("delete from barcode where sku = ?"),
    putBarcode: db.prepare(
      "insert into barcode values (?, ?) on conflict (code) do update set sku = excluded.sku",
    ),
    dropProduct: db.prepare("delete from product where sku = ?"),
    referencesOfSku: db.prepare("select label, origin from reference where sku = ? and origin = 'store'"),
    productDigest: db.prepare("select digest from product where sku = ?").pluck(),
    referenceDigest: db.prepare("select digest from reference where id = ?").pluck(),
    hqKeys: db
      .prepare(
        "select 'p:' || sku from product where origin = 'hq' union all select 'r:' || id from reference where origin = 'hq'",
      )
      .pluck(),
    digests: db
      .prepare(
        "select digest from product where digest is not null union all select digest from reference where digest is not null",
      )
      .pluck(),
    hqProducts: db.prepare("select * from product where digest is not null"),
    hqReferences: db.prepare(
      "select id, sku, embedder_id, vector, 1 as packed from reference where digest is not null",
    ),
    referenceById: db.prepare("select label, sku, origin, embedder_id, tag from reference where id = ?"),
    putReference: db.prepare(
      "insert into reference (id, sku, origin, embedder_id, tag, vector, digest) values (?, ?, ?, ?, ?, ?, ?)",
    ),
    moveReference: db.prepare("update reference set sku = ?, digest = ? where label = ?"),
    dropLabel: db.prepare("delete from reference where label = ?"),
    dropOtherEmbedders: db.prepare("delete from reference where origin = ? and embedder_id <> ?"),
    // Two ranges of an index: as good as free while there are none, which `<>` would not be.
    foreignCount: db.prepare(
      "select (select count(*) from reference where embedder_id < :own) + (select count(*) from reference where embedder_id > :own) as n",
    ),
    labels: db.prepare("select label, tag from reference where embedder_id = ? and origin = ?"),
    vector: db.prepare("select vector, digest is not null as packed from reference where label = ?"),
    placedOfSku: db.prepare(
      "select label, vector, digest is not null as packed from reference where sku = ? and embedder_id = ? order by label",
    ),
    vectors: db.prepare(
      "select label, vector, digest is not null as packed from reference where embedder_id = ? and origin = ? order by label",
    ),
    named: db.prepare("select r.id, r.sku from reference r join product p using (sku) where r.label = ?"),
  };
}
