import { join } from "node:path";
import {
  type CatalogDelta,
  describeError,
  InvalidInputError,
  type Product,
  type Reference,
  type Sku,
} from "@tillsight/contracts";
import {
  encodeWithDigest,
  hex,
  type PublicKey,
  StateHash,
  SyncRefusedError,
  type Trust,
  type TrustChange,
} from "@tillsight/sync-protocol";
import type { Surroundings } from "../domain/recognition/surroundings.js";
import { type Logger, silentLogger } from "../observe/logger.js";
import { RepeatedTrouble } from "../observe/repeated.js";
import type { CatalogReader, Neighbour } from "../ports/catalog.js";
import { type Clock, systemClock } from "../ports/clock.js";
import { catalogError, openDatabase } from "./database.js";
import { CatalogBusyError, CatalogEmbedderError, CatalogOwnedError, CatalogRefusedError } from "./errors.js";
import { checkProducts, type ImportReport } from "./import.js";
import { type IndexPolicy, indexPolicy, VectorIndex } from "./index/vector-index.js";
import { planDelta, type SyncState } from "./plan.js";
import { CatalogStore, type IndexChange } from "./store.js";
import { type SnapshotJob, takeSnapshot } from "./sync/take-snapshot.js";
import { readState, writeDelta } from "./sync-rows.js";
import { checkUnit, type Hit } from "./vectors.js";
import type { ApplyResult, CatalogWriter } from "./writer.js";

export interface CatalogOptions {
  /** Folder of `catalog.db` and `index/`; created when missing. */
  readonly dir: string;
  readonly embedderId: string;
  /** Numbers in one of the embedder's vectors. */
  readonly size: number;
  readonly log?: Logger;
  readonly clock?: Clock;
  readonly policy?: Partial<IndexPolicy>;
  /** False for a short visit (a command) beside the daemon: it may write products, not index files. */
  readonly keepsGenerations?: boolean;
  /** How often to look whether another process wrote to the catalog, milliseconds; 0 never looks. */
  readonly watchMs?: number;
}

/** The lane's catalog: what is sold, at what price, and what it looks like. */
export class Catalog implements CatalogReader, CatalogWriter {
  readonly embedderId: string;
  readonly size: number;
  readonly #file: string;
  readonly #options: CatalogOptions;
  readonly #log: Logger;
  readonly #listeners = new Set<(lsn: number) => void>();
  #open: { readonly store: CatalogStore; readonly index: VectorIndex } | undefined;
  #lsn = 0;
  #foreign = 0;
  #dataVersion = 0;
  #watch: NodeJS.Timeout | undefined;
  #busy = false;
  #session = 0;
  #sessionsReserved = 0;
  #stopping: Promise<void> | undefined;

  constructor(options: CatalogOptions) {
    this.#options = options;
    this.#file = join(options.dir, "catalog.db");
    this.#log = options.log ?? silentLogger;
    this.embedderId = options.embedderId;
    this.size = options.size;
  }

  /** @throws CatalogLockedError, CatalogFullError, CatalogCorruptError, CatalogNewerError, CatalogIoError */
  async start(): Promise<this> {
    if (this.#open) return this;
    const { embedderId, size, dir } = this.#options;
    const store = new CatalogStore(openDatabase(this.#file));
    try {
      this.#write(store, () => this.#fitEmbedder(store));
      const index = new VectorIndex({
        ...{ dir: join(dir, "index"), database: this.#file, store, identity: { embedderId, size } },
        ...{ log: this.#log, clock: this.#options.clock ?? systemClock },
        policy: { ...indexPolicy, ...this.#options.policy },
        keepsGenerations: this.#options.keepsGenerations ?? true,
      });
      // Before the index reads: what another process commits from here on is seen as a change.
      this.#dataVersion = store.dataVersion();
      await index.start();
      this.#open = { store, index };
    } catch (error) {
      store.close();
      throw catalogError(error, this.#file);
    }
    this.#look(store);
    const watchMs = this.#options.watchMs ?? 500;
    if (watchMs > 0) this.#watch = this.#watchOthers(watchMs);
    return this;
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopOnce();
    return this.#stopping;
  }

  async #stopOnce(): Promise<void> {
    clearInterval(this.#watch);
    this.#listeners.clear();
    try {
      await this.#open?.index.stop();
    } finally {
      this.#open?.store.close();
    }
  }

  get lsn(): number {
    return this.#lsn;
  }

  get syncState(): SyncState {
    return readState(this.#opened.store);
  }

  get referenceCount(): number {
    return this.#opened.index.count;
  }

  /** References of another embedder: kept, but of no use until the item is enrolled again. */
  get foreignReferenceCount(): number {
    return this.#foreign;
  }

  get productCount(): number {
    return this.#opened.store.productCount();
  }

  /** Products that are sold by weight. Reads the whole table: ask after a change, not on every look. */
  get weighedCount(): number {
    return this.#opened.store.weighedCount();
  }

  /** For health: what is searchable, what waits, what another embedder made. */
  get facts(): Record<string, number> {
    const { store, index } = this.#opened;
    return {
      lsn: this.#lsn,
      products: store.productCount(),
      ...index.facts,
      foreign: this.#foreign,
    };
  }

  product(sku: Sku): Product | undefined {
    return this.#opened.store.product(sku);
  }

  productByBarcode(digits: string): Product | undefined {
    return this.#opened.store.productByBarcode(digits);
  }

  search(text: string, limit: number): Product[] {
    return this.#opened.store.search(text, limit);
  }

  nearest(vector: Float32Array, k: number): Neighbour[] {
    this.#checkQuery(vector, k);
    return this.#name(this.#opened.index.nearest(vector, k));
  }

  surroundings(sku: Sku): Surroundings | null {
    return this.#opened.index.surroundings(sku);
  }

  onChange(listener: (lsn: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  apply(delta: CatalogDelta): ApplyResult {
    const { store } = this.#opened;
    this.#commit(() => {
      // Read in the transaction: another process may have moved it.
      const plan = planDelta(delta, readState(store), this.embedderId);
      if (plan.kind === "refused") throw new SyncRefusedError(plan.reason, plan.detail);
      return writeDelta(store, delta, this.size);
    });
    return { lsn: this.#lsn, applied: delta.rows.length };
  }

  /**
   * Headquarters' catalog as of one snapshot; selling goes on meanwhile from what is there, enrolling waits.
   * @throws SyncRefusedError, CatalogFullError, CatalogLockedError, CatalogBusyError, the signal's reason
   */
  async applySnapshot(
    snapshot: Omit<SnapshotJob, "database" | "size">,
    signal: AbortSignal,
  ): Promise<ApplyResult> {
    const { store, index } = this.#opened;
    if (this.#busy) throw new CatalogBusyError();
    // While the other thread writes, this one must not wait for it.
    this.#reserveSessions(1000);
    this.#busy = true;
    try {
      const job = { ...snapshot, database: this.#file, size: this.size };
      const { added, removed } = await takeSnapshot(job, signal, (done, total) =>
        this.#log.info("snapshot is being applied", { done, total }),
      );
      this.#dataVersion = store.dataVersion();
      index.reconcile(["store"]);
      // What is sold is known from here on; what it looks like follows slice by slice.
      this.#tell(store);
      await index.take("hq", removed, added);
      return { lsn: this.#lsn, applied: added.length + removed.length };
    } finally {
      this.#busy = false;
    }
  }

  /** Counts headquarters' rows again, from what is stored: the proof that `syncState` tells the truth. */
  recount(): { readonly stateHash: string; readonly rows: number } {
    const sum = new StateHash();
    let rows = 0;
    for (const row of this.#opened.store.hqRows()) {
      sum.add(encodeWithDigest(row).digest);
      rows++;
    }
    return { stateHash: hex(sum.bytes()), rows };
  }

  /** See `Trust`. */
  trust(anchors: readonly PublicKey[]): Trust {
    return this.#opened.store.trust(anchors);
  }

  keepTrust(change: TrustChange): void {
    const { store } = this.#opened;
    this.#write(store, () => store.keepTrust(change));
  }

  importProducts(list: unknown): ImportReport {
    const { store } = this.#opened;
    const { products, errors } = checkProducts(list);
    const owned = products.filter(({ sku }) => store.origin(sku) === "hq");
    const all = [
      ...errors,
      ...owned.map(({ sku }) => ({
        row: products.findIndex((p) => p.sku === sku) + 1,
        field: "sku",
        message: new CatalogOwnedError(sku).message,
      })),
    ];
    if (all.length > 0) return { imported: 0, errors: all };
    this.#commit(() => {
      for (const product of products) store.upsertProduct(product);
      return [];
    });
    return { imported: products.length, errors: [] };
  }

  enrol(product: Product, references: readonly Reference[]): void {
    const { store } = this.#opened;
    this.#commit(() => {
      if (store.origin(product.sku) !== "hq") store.upsertProduct(product);
      return references.flatMap((reference) => {
        if (reference.embedderId !== this.embedderId)
          throw new CatalogEmbedderError(this.embedderId, reference.embedderId);
        const vector = checkUnit(reference.vector, this.size);
        if (typeof vector === "string") throw new CatalogRefusedError(vector);
        return store.upsertReference({ ...reference, sku: product.sku }, vector);
      });
    });
  }

  remove(sku: Sku): void {
    const { store } = this.#opened;
    this.#commit(() => {
      const origin = store.origin(sku);
      if (origin === "hq") throw new CatalogOwnedError(sku);
      if (!origin)
        throw new InvalidInputError(`there is no product ${sku}`, "Look the SKU up in the product list.");
      return store.removeProduct(sku);
    });
  }

  /** The next number of this lane's sessions with the broker; never given twice. */
  nextSession(): number {
    if (this.#session === this.#sessionsReserved) this.#reserveSessions(1);
    return ++this.#session;
  }

  /** Waits until the graphs hold every reference and are on disk; for tests, benchmarks and orderly shutdown. */
  settled(): Promise<void> {
    return this.#opened.index.settled();
  }

  get #opened(): { readonly store: CatalogStore; readonly index: VectorIndex } {
    if (!this.#open) throw new InvalidInputError("the catalog is not open", "Call start() first.");
    return this.#open;
  }

  #name(hits: readonly Hit[]): Neighbour[] {
    const { store } = this.#opened;
    return hits.flatMap(({ label, score }) => {
      const found = store.named(label);
      return found ? [{ sku: found.sku, referenceId: found.id, score }] : [];
    });
  }

  #checkQuery(vector: Float32Array, k: number): void {
    if (vector.length !== this.size)
      throw new InvalidInputError(
        `a query of ${vector.length} numbers`,
        `This embedder's vectors have ${this.size}.`,
      );
    if (!Number.isInteger(k) || k < 1)
      throw new InvalidInputError(`k is ${k}`, "Ask for at least one neighbour.");
  }

  /** First SQLite, then the index, then whoever listens: a reader never sees what is not durable. */
  #commit(work: () => IndexChange[]): void {
    const { store, index } = this.#opened;
    const changes = this.#write(store, work);
    index.apply(changes);
    this.#tell(store);
  }

  #write<T>(store: CatalogStore, work: () => T): T {
    if (this.#busy) throw new CatalogBusyError();
    try {
      return store.transaction(work);
    } catch (error) {
      throw catalogError(error, this.#file);
    }
  }

  /** Numbers that a crash leaves unused are no loss. */
  #reserveSessions(count: number): void {
    const { store } = this.#opened;
    this.#sessionsReserved = this.#write(store, () => {
      const given = Number(store.meta("session"));
      if (this.#session === this.#sessionsReserved) this.#session = given;
      store.setMeta("session", String(given + count));
      return given + count;
    });
  }

  #look(store: CatalogStore): void {
    this.#lsn = store.lsn;
    this.#foreign = store.foreignReferenceCount(this.embedderId);
  }

  #tell(store: CatalogStore): void {
    this.#look(store);
    for (const listener of this.#listeners) listener(this.#lsn);
  }

  /** A look that fails (a busy or failing disk) is tried again with the next one; it must not end the lane. */
  #watchOthers(everyMs: number): NodeJS.Timeout {
    const trouble = new RepeatedTrouble((error) =>
      this.#log.warn("changes of other processes cannot be taken over", {
        error: describeError(catalogError(error, this.#file)),
      }),
    );
    return setInterval(() => trouble.during(() => this.#lookForOthers()), everyMs).unref();
  }

  #lookForOthers(): void {
    const { store, index } = this.#opened;
    if (this.#busy) return;
    const version = store.dataVersion();
    if (version === this.#dataVersion) return;
    this.#log.info("another process changed the catalog, taking it over");
    index.reconcile();
    this.#tell(store);
    this.#dataVersion = version;
  }

  /** Headquarters' references of another embedder are of no use: fetch the history again, with ours. */
  #fitEmbedder(store: CatalogStore): void {
    if (store.meta("embedder") === this.embedderId) return;
    const dropped = store.dropReferencesOfOtherEmbedders("hq", this.embedderId);
    if (dropped > 0) {
      store.setMeta("lsn", "0");
      store.setMeta("stateHash", "unknown");
      this.#log.warn("the embedder changed: references are fetched again from headquarters", {
        dropped,
        embedder: this.embedderId,
      });
    }
    store.setMeta("embedder", this.embedderId);
  }
}

/** A started catalog. */
export const openCatalog = (options: CatalogOptions): Promise<Catalog> => new Catalog(options).start();
