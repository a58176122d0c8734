import { isDeepStrictEqual } from "node:util";
import type { PGlite } from "@electric-sql/pglite";
import { type CatalogDelta, type Money, Product, type Sku } from "@tillsight/contracts";
import { ConflictError, NotFoundError } from "../errors.js";
import { readDelta } from "./changes.js";
import { openDatabase, type Sql } from "./database.js";

export interface NewReference {
  /** Unique over the whole chain; a UUID. */
  readonly id: string;
  /** L2-normalised, of the embedder's length. */
  readonly vector: Float32Array;
  /** Name of the stored picture, when there is one. */
  readonly photo?: string;
}

export interface StoredReference extends NewReference {
  readonly sku: Sku;
  readonly embedderId: string;
}

/** LSN of the catalog after the call; `changed` is false when everything was so already. */
export interface ChangeResult {
  readonly lsn: number;
  readonly changed: boolean;
}

interface Pending {
  readonly kind: string;
  readonly body: object;
  readonly vector?: Float32Array;
}

const bytesOf = (vector: Float32Array) => new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);

/** The chain's catalog. Each change takes the next LSN in the transaction that makes it. */
export class CloudCatalog {
  readonly embedderId: string;
  readonly #db: PGlite;
  readonly #listeners = new Set<() => void>();

  private constructor(db: PGlite, embedderId: string) {
    this.#db = db;
    this.embedderId = embedderId;
  }

  /** @throws CloudStartError, CloudNewerError */
  static async open(dataDir: string, embedderId: string): Promise<CloudCatalog> {
    return new CloudCatalog(await openDatabase(dataDir), embedderId);
  }

  async state(): Promise<{ readonly lsn: number; readonly publishedLsn: number }> {
    const { rows } = await this.#db.query<{ lsn: number; published_lsn: number }>(
      "select lsn, published_lsn from catalog_state",
    );
    return { lsn: Number(rows[0]?.lsn), publishedLsn: Number(rows[0]?.published_lsn) };
  }

  /** Never moves back, so that a late confirmation does no harm. */
  async confirmPublished(lsn: number): Promise<void> {
    await this.#db.query("update catalog_state set published_lsn = greatest(published_lsn, $1)", [lsn]);
  }

  /** See `readDelta`. */
  deltaAfter(afterLsn: number, maxBytes: number): Promise<CatalogDelta | null> {
    return readDelta(this.#db, afterLsn, this.embedderId, maxBytes);
  }

  /** Called after each committed change. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async product(sku: Sku): Promise<Product | undefined> {
    return findProduct(this.#db, sku);
  }

  /** Name or SKU contains `text` (all products when it is empty), by name, at most `limit`. */
  async products(text: string, limit: number): Promise<Product[]> {
    const like = `%${text.replace(/[\\%_]/g, "\\$&")}%`;
    const { rows } = await this.#db.query<{ body: unknown }>(
      "select body from product where name ilike $1 or sku ilike $1 order by name, sku limit $2",
      [like, limit],
    );
    return rows.map((row) => Product.parse(row.body));
  }

  /** @throws ConflictError when one of its barcodes belongs to another product. */
  async putProduct(product: Product, actor: string): Promise<ChangeResult> {
    return this.#change(actor, async (tx) => {
      if (isDeepStrictEqual(await findProduct(tx, product.sku), product)) return [];
      return upsert(tx, product);
    });
  }

  /** @throws NotFoundError */
  async setPrice(sku: Sku, price: Money, actor: string): Promise<ChangeResult> {
    return this.#change(actor, async (tx) => {
      const product = await requireProduct(tx, sku);
      if (isDeepStrictEqual(product.price, price)) return [];
      return upsert(tx, { ...product, price });
    });
  }

  /** Its references go with it. @throws NotFoundError */
  async removeProduct(sku: Sku, actor: string): Promise<ChangeResult> {
    return this.#change(actor, async (tx) => {
      await requireProduct(tx, sku);
      await tx.query("delete from product where sku = $1", [sku]);
      return [{ kind: "productRemoved", body: { sku } }];
    });
  }

  /** @throws NotFoundError */
  async addReferences(sku: Sku, references: readonly NewReference[], actor: string): Promise<ChangeResult> {
    return this.#change(actor, async (tx) => {
      await requireProduct(tx, sku);
      return references.map(({ id, vector, photo }) => ({
        kind: "referenceUpserted",
        body: { id, sku, embedderId: this.embedderId },
        vector,
        photo,
      }));
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

  /** References that another embedder made, with the picture that they were made of. */
  async foreignReferences(): Promise<StoredReference[]> {
    const { rows } = await this.#db.query<{
      id: string;
      sku: Sku;
      embedder_id: string;
      vector: Uint8Array;
      photo: string | null;
    }>("select id, sku, embedder_id, vector, photo from reference where embedder_id <> $1 order by sku, id", [
      this.embedderId,
    ]);
    return rows.map((row) => ({
      ...{
        id: row.id,
        sku: row.sku,
        embedderId: row.embedder_id,
        vector: new Float32Array(row.vector.slice().buffer),
      },
      ...(row.photo === null ? {} : { photo: row.photo }),
    }));
  }

  async removeReference(referenceId: string, actor: string): Promise<ChangeResult> {
    return this.#change(actor, async (tx) => {
      const { rows } = await tx.query("delete from reference where id = $1 returning id", [referenceId]);
      return rows.length === 0 ? [] : [{ kind: "referenceRemoved", body: { referenceId } }];
    });
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    await this.#db.close();
  }

  async #change(
    actor: string,
    work: (tx: Sql) => Promise<(Pending & { photo?: string | undefined })[]>,
  ): Promise<ChangeResult> {
    const result = await this.#db.transaction(async (tx) => {
      // Locks the one row, so that LSNs become visible in their order also with several writers.
      const { rows } = await tx.query<{ lsn: number }>("select lsn from catalog_state for update");
      let lsn = Number(rows[0]?.lsn);
      const changes = await work(tx);
      for (const change of changes) await this.#log(tx, ++lsn, change, actor);
      if (changes.length > 0) await tx.query("update catalog_state set lsn = $1", [lsn]);
      return { lsn, changed: changes.length > 0 };
    });
    if (result.changed) for (const listener of this.#listeners) listener();
    return result;
  }

  async #log(
    tx: Sql,
    lsn: number,
    change: Pending & { photo?: string | undefined },
    actor: string,
  ): Promise<void> {
    const vector = change.vector ? bytesOf(change.vector) : null;
    await tx.query(
      "insert into change (lsn, kind, body, embedder_id, vector, actor) values ($1, $2, $3, $4, $5, $6)",
      [...[lsn, change.kind, JSON.stringify(change.body), vector ? this.embedderId : null, vector, actor]],
    );
    if (vector && "id" in change.body && "sku" in change.body)
      await tx.query(
        `insert into reference (id, sku, embedder_id, vector, photo, lsn) values ($1, $2, $3, $4, $5, $6)
         on conflict (id) do update set sku = excluded.sku, embedder_id = excluded.embedder_id,
           vector = excluded.vector, photo = excluded.photo, lsn = excluded.lsn`,
        [change.body.id, change.body.sku, this.embedderId, vector, change.photo ?? null, lsn],
      );
    else if (change.kind === "productUpserted" && "product" in change.body)
      await tx.query("update product set lsn = $1 where sku = $2", [
        lsn,
        (change.body.product as Product).sku,
      ]);
  }
}

async function findProduct(sql: Sql, sku: Sku): Promise<Product | undefined> {
  const { rows } = await sql.query<{ body: unknown }>("select body from product where sku = $1", [sku]);
  return rows[0] && Product.parse(rows[0].body);
}

async function requireProduct(sql: Sql, sku: Sku): Promise<Product> {
  const product = await findProduct(sql, sku);
  if (!product)
    throw new NotFoundError(`there is no product ${sku}`, `Create it first: PUT /api/products/${sku}.`);
  return product;
}

async function upsert(tx: Sql, product: Product): Promise<Pending[]> {
  const codes = new Set(product.gtins.map((gtin) => `g${gtin.padStart(14, "0")}`));
  if (product.plu !== null) codes.add(`p${product.plu.replace(/^0+/, "")}`);
  const taken = await tx.query<{ code: string; sku: string }>(
    "select code, sku from barcode where code = any($1) and sku <> $2 limit 1",
    [[...codes], product.sku],
  );
  const other = taken.rows[0];
  if (other)
    throw new ConflictError(
      `barcode ${other.code.slice(1)} belongs to product ${other.sku}`,
      "Take it off that product first, or correct the number.",
    );
  await tx.query(
    `insert into product (sku, name, body, lsn) values ($1, $2, $3, 0)
     on conflict (sku) do update set name = excluded.name, body = excluded.body`,
    [product.sku, product.name, JSON.stringify(product)],
  );
  await tx.query("delete from barcode where sku = $1", [product.sku]);
  for (const code of codes)
    await tx.query("insert into barcode (code, sku) values ($1, $2)", [code, product.sku]);
  return [{ kind: "productUpserted", body: { product } }];
}
