import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CatalogDelta,
  type CatalogHead,
  Product,
  type Reference,
  type Sku,
  type SnapshotManifest,
} from "@tillsight/contracts";
import {
  type Chunk,
  Chunker,
  type EncodedRow,
  encodeWithDigest,
  type LaneRow,
  StateHash,
} from "@tillsight/sync-protocol";
import { seededRandom } from "./bench-data.js";

export const size = 32;
export const embedderId = "test-embedder";

const random = seededRandom(7);

/** A random unit vector. */
export function unitVector(next: () => number = random): Float32Array {
  const raw = Float32Array.from({ length: size }, () => next() - 0.5);
  const length = Math.sqrt(raw.reduce((sum, x) => sum + x * x, 0));
  return raw.map((x) => x / length);
}

export function product(sku: string, fields: Partial<Record<keyof Product, unknown>> = {}): Product {
  return Product.parse({
    ...{ sku, name: `Item ${sku}`, unit: "each", price: { minor: 199, currency: "EUR" }, taxRateBp: 700 },
    ...{ gtins: [], plu: null, tareGrams: 0, unitGrams: null, unitToleranceGrams: 0, minAge: null },
    ...fields,
  });
}

export const reference = (id: string, sku: string, vector = unitVector()): Reference => ({
  ...{ id, sku: sku as Sku, embedderId },
  vector: Array.from(vector),
});

/** Rows as headquarters would send them. */
export const productRow = (item: Product): LaneRow => ({ kind: "product", product: item });

export const referenceRow = (ref: Reference): LaneRow => ({
  kind: "reference",
  reference: { ...ref, vector: Float32Array.from(ref.vector) },
});

/** Headquarters in miniature: knows its rows, and cuts the delta that follows each call. */
export class TinyHeadquarters {
  readonly rows = new Map<string, EncodedRow>();
  readonly embedderId: string;
  epoch = 1;
  lsn = 0;

  constructor(embedder = embedderId) {
    this.embedderId = embedder;
  }

  get stateHash(): Buffer {
    const sum = new StateHash();
    for (const { digest } of this.rows.values()) sum.add(digest);
    return sum.bytes();
  }

  /** What is written, then keys of what is removed. */
  delta(changed: readonly LaneRow[], ...removed: readonly string[]): CatalogDelta {
    const preHash = this.stateHash;
    const fromLsn = this.lsn;
    const encoded = changed.map(encodeWithDigest);
    for (const row of encoded) this.rows.set(row.key, row);
    for (const key of removed) this.rows.delete(key);
    this.lsn += changed.length + removed.length;
    return {
      ...{ epoch: this.epoch, fromLsn, toLsn: this.lsn, preHash, postHash: this.stateHash },
      ...{ embedderId: this.embedderId, cutAt: 1, rows: [...encoded.map(({ bytes }) => bytes), ...removed] },
    };
  }

  snapshot(): { manifest: SnapshotManifest; chunks: Chunk[] } {
    const chunker = new Chunker();
    const rows = [...this.rows.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
    const chunks = rows.map((row) => chunker.push(row)).concat(chunker.finish());
    const full = chunks.filter((chunk) => chunk !== undefined);
    return {
      chunks: full,
      manifest: {
        ...{ epoch: this.epoch, lsn: this.lsn, stateHash: this.stateHash, embedderId: this.embedderId },
        ...{ rows: this.rows.size, cutAt: 1 },
        chunks: full.map(({ sha256, bytes }) => [sha256, bytes.length]),
      },
    };
  }

  head(sequence: number, fields: Partial<CatalogHead> = {}): CatalogHead {
    return {
      ...{ epoch: this.epoch, lsn: this.lsn, oldestLsn: 0, stateHash: this.stateHash, rows: this.rows.size },
      ...{ snapshot: null, embedderId: this.embedderId, sequence, issuedAt: sequence },
      ...fields,
    };
  }
}

/** A folder that is gone when `clean` was called. */
export function temporaryFolder(): { readonly dir: string; clean(): void } {
  const dir = mkdtempSync(join(tmpdir(), "tillsight-catalog-"));
  return { dir, clean: () => rmSync(dir, { recursive: true, force: true }) };
}
