import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { money, type Product, Sku } from "@tillsight/contracts";
import { analyseVector, Catalog, type Judgement } from "@tillsight/edge-daemon";
import type { Embedder } from "@tillsight/models";

/** What can be sold: a key and vectors of its reference pictures. */
export interface Stock {
  readonly sku: Sku;
  readonly vectors: readonly Float32Array[];
}

export const skuOf = (classId: number): Sku => Sku.parse(`class-${classId}`);

function productOf(sku: Sku): Product {
  return {
    ...{ sku, name: sku, names: {}, unit: "each", price: money(100, "EUR"), prices: [], taxRateBp: 0 },
    ...{
      gtins: [],
      plu: null,
      tareGrams: 0,
      unitGrams: null,
      unitToleranceGrams: 0,
      minAge: null,
      image: null,
    },
  };
}

/** What the shop asks of the embedder: which one it is, and what its manifest says of scores. */
export type Judge = Pick<Embedder, "info" | "size" | "thresholds" | "calibration">;

/** A lane's own catalog with these products: SQLite, HNSW index and decision are the ones that sell. */
export class Shop {
  readonly #dir = mkdtempSync(join(tmpdir(), "tillsight-shop-"));
  readonly #judge: Judge;
  readonly catalog: Catalog;

  private constructor(judge: Judge) {
    this.#judge = judge;
    this.catalog = new Catalog({
      ...{ dir: this.#dir, embedderId: judge.info.id, size: judge.size },
      ...{ keepsGenerations: false, watchMs: 0 },
    });
  }

  static async open(judge: Judge, stock: readonly Stock[]): Promise<Shop> {
    const shop = new Shop(judge);
    await shop.catalog.start();
    for (const { sku, vectors } of stock)
      shop.catalog.enrol(
        productOf(sku),
        vectors.map((vector) => ({
          ...{ id: randomUUID(), sku, embedderId: judge.info.id, vector: Array.from(vector) },
        })),
      );
    await shop.catalog.settled();
    return shop;
  }

  /** What the lane would say of one picture of an item. */
  ask(vector: Float32Array): Judgement {
    return analyseVector(vector, { catalog: this.catalog, embedder: this.#judge });
  }

  async close(): Promise<void> {
    await this.catalog.stop();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
