import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Sku, StoppedError } from "@tillsight/contracts";
import type { Surroundings } from "../../domain/recognition/surroundings.js";
import type { Logger } from "../../observe/logger.js";
import type { Clock } from "../../ports/clock.js";
import { type Origin, origins } from "../rows.js";
import type { CatalogStore, IndexChange } from "../store.js";
import { best, type Hit } from "../vectors.js";
import { type Identity, loadGeneration, type ShardImage, saveGeneration } from "./generation.js";
import type { HnswGraph } from "./graph.js";
import { rebuildShard } from "./rebuild.js";
import { Shard } from "./shard.js";
import { SurroundingsMemory } from "./surroundings.js";

export interface IndexPolicy {
  /** More vectors than this on their way into a graph: build it anew in a thread of its own. */
  readonly rebuildPending: number;
  /** Removed points, as a share of a graph of at least 1,000, that call for a new one. */
  readonly rebuildRemovedShare: number;
  /** Longest stretch of work on the main thread, milliseconds. */
  readonly sliceMs: number;
  /** Quiet time after the last change before a generation is written, milliseconds. */
  readonly saveAfterMs: number;
}

export const indexPolicy: IndexPolicy = {
  rebuildPending: 5_000,
  rebuildRemovedShare: 0.3,
  sliceMs: 4,
  saveAfterMs: 20_000,
};

/** Time that a stop spends on vectors still waiting, so that the next start need not; the rest waits till then. */
const stopDrainMs = 1_000;

export interface VectorIndexOptions {
  readonly dir: string;
  readonly database: string;
  readonly store: CatalogStore;
  readonly identity: Identity;
  readonly log: Logger;
  readonly clock: Clock;
  readonly policy: IndexPolicy;
  /** Only one process may write generations; another that opens the same catalog for a moment does not. */
  readonly keepsGenerations: boolean;
}

/**
 * The searchable side of the catalog. SQLite is the truth; this is a cache of it that is right after every
 * change, tidies itself in the background, and is written to disk only so that the next start is quick.
 */
export class VectorIndex {
  readonly #o: VectorIndexOptions;
  readonly #shards: Record<Origin, Shard>;
  readonly #surroundings: SurroundingsMemory;
  readonly #abort = new AbortController();
  #chores: Promise<void> = Promise.resolve();
  #queued = false;
  #workerFailed = false;
  #dirty = false;
  #timer: NodeJS.Timeout | undefined;
  generation = 0;

  constructor(options: VectorIndexOptions) {
    this.#o = options;
    this.#shards = { hq: new Shard(options.identity.size), store: new Shard(options.identity.size) };
    const { store, identity } = options;
    this.#surroundings = new SurroundingsMemory({
      referencesOf: (sku) => store.placedReferences(sku, identity.embedderId),
      nearest: (vector, k) => this.nearest(vector, k),
    });
  }

  get count(): number {
    return this.#shards.hq.count + this.#shards.store.count;
  }

  get facts(): Record<string, number> {
    const { hq, store } = this.#shards;
    return {
      hq: hq.count,
      store: store.count,
      pending: hq.pending + store.pending,
      generation: this.generation,
    };
  }

  /** Searchable when it resolves, also without any generation: what no graph holds yet is searched exactly. */
  async start(): Promise<void> {
    const { dir, identity, log, keepsGenerations } = this.#o;
    await mkdir(dir, { recursive: true });
    const found = await loadGeneration(dir, identity, keepsGenerations, (name, reason) =>
      log.warn("index generation refused, it is built again from the catalog", { generation: name, reason }),
    );
    this.generation = found?.number ?? 0;
    for (const origin of origins) this.#adopt(origin, found?.shards[origin]);
    this.#dirty = found === undefined && this.count > 0;
    this.#kick();
  }

  /** Brings shards to what the catalog says, after another process has changed it. */
  reconcile(which: readonly Origin[] = origins): void {
    for (const origin of which) this.#adopt(origin);
    this.#surroundings.clear();
    this.#changed();
  }

  apply(changes: readonly IndexChange[]): void {
    for (const { origin, added, removed } of changes) {
      if (removed !== undefined) this.#shards[origin].remove(removed);
      if (added) this.#shards[origin].add(added.label, added.vector);
    }
    this.#surroundings.apply(changes);
    if (changes.length > 0) this.#changed();
  }

  /**
   * What another thread wrote: gone at once, new ones searchable a slice at a time while the lane goes on.
   * Resolves when all are, or the index stops.
   */
  async take(origin: Origin, removed: Uint32Array, added: Uint32Array): Promise<void> {
    const { clock, store, policy, identity } = this.#o;
    const shard = this.#shards[origin];
    for (const label of removed) shard.remove(label);
    this.#surroundings.clear();
    for (let at = 0; at < added.length && !this.#abort.signal.aborted; ) {
      const until = clock.monotonic() + policy.sliceMs;
      for (; at < added.length && clock.monotonic() < until; at++) {
        const vector = store.vector(added[at] as number);
        if (vector?.length === identity.size) shard.add(added[at] as number, vector);
      }
      this.#surroundings.clear();
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (removed.length + added.length > 0) this.#changed();
  }

  nearest(query: Float32Array, k: number): Hit[] {
    const { hq, store } = this.#shards;
    return best([...hq.nearest(query, k), ...store.nearest(query, k)], k);
  }

  /** What the references of a product say about it and its neighbours; null for one that has none. */
  surroundings(sku: Sku): Surroundings | null {
    return this.#surroundings.of(sku);
  }

  /** Waits for the graphs to have taken in everything and for a generation to be on disk. */
  async settled(): Promise<void> {
    this.#kick();
    await this.#saveInTurn();
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#abort.abort(new StoppedError("the index"));
    await this.#chores;
    const until = this.#o.clock.monotonic() + stopDrainMs;
    for (const origin of origins) this.#shards[origin].drain(() => this.#o.clock.monotonic() >= until);
    await this.#saveInTurn();
  }

  #adopt(origin: Origin, image?: ShardImage | HnswGraph): void {
    const { store, identity, log } = this.#o;
    const truth = store.labels(origin, identity.embedderId);
    let graph = image && "graph" in image ? image.graph : image;
    if (
      image &&
      "tags" in image &&
      [...image.tags].some(([label, tag]) => (truth.get(label) ?? tag) !== tag)
    ) {
      log.warn("index generation is of another catalog, it is built again", { origin });
      graph = undefined;
    }
    this.#shards[origin].adopt(new Set(truth.keys()), (label) => store.vector(label), graph);
  }

  #changed(): void {
    this.#dirty = true;
    this.#kick();
    clearTimeout(this.#timer);
    if (this.#abort.signal.aborted) return;
    this.#timer = setTimeout(() => void this.#saveInTurn(), this.#o.policy.saveAfterMs);
    this.#timer.unref();
  }

  /** Chores run one after another: a graph is never changed while it is written. */
  #saveInTurn(): Promise<void> {
    this.#chores = this.#chores.then(() => this.#save());
    return this.#chores;
  }

  #kick(): void {
    if (this.#queued || this.#abort.signal.aborted) return;
    this.#queued = true;
    this.#chores = this.#chores.then(() => {
      // From here on a change is one that this run may miss, so it queues the next.
      this.#queued = false;
      return this.#tidy();
    });
  }

  async #tidy(): Promise<void> {
    while (!this.#abort.signal.aborted && origins.some((origin) => this.#needsWork(this.#shards[origin])))
      for (const origin of origins) {
        if (this.#needsRebuild(this.#shards[origin])) await this.#rebuildOrGiveUp(origin);
        await this.#drain(this.#shards[origin]);
      }
  }

  #needsWork(shard: Shard): boolean {
    return shard.pending > 0 || this.#needsRebuild(shard);
  }

  #needsRebuild(shard: Shard): boolean {
    if (this.#workerFailed) return false;
    const { rebuildPending, rebuildRemovedShare } = this.#o.policy;
    const { count, share } = shard.removed;
    return shard.pending > rebuildPending || (count >= 1000 && share > rebuildRemovedShare);
  }

  async #rebuildOrGiveUp(origin: Origin): Promise<void> {
    try {
      await this.#rebuild(origin);
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      this.#workerFailed = true;
      this.#o.log.warn("index worker failed, the index is built in small steps instead", {
        origin,
        error: String(error),
      });
    }
  }

  async #rebuild(origin: Origin): Promise<void> {
    const { dir, database, identity, log, clock } = this.#o;
    const began = clock.monotonic();
    const target = join(dir, `tmp-${process.pid}-${origin}.hnsw`);
    const graph = await rebuildShard(
      { database, origin, ...identity, target },
      this.#abort.signal,
      (done, total) => {
        if (done % 10_000 === 0) log.info("index is being built", { origin, done, total });
      },
    );
    this.#adopt(origin, graph);
    this.#dirty = true;
    log.info("index built", {
      origin,
      count: graph.count,
      seconds: Math.round((clock.monotonic() - began) / 100) / 10,
    });
  }

  async #drain(shard: Shard): Promise<void> {
    const { sliceMs } = this.#o.policy;
    const { clock } = this.#o;
    for (let more = true; more && !this.#abort.signal.aborted; ) {
      const until = clock.monotonic() + sliceMs;
      more = shard.drain(() => clock.monotonic() >= until);
      // Let camera, till and kiosk have their turn.
      if (more) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #save(): Promise<void> {
    if (!this.#dirty || !this.#o.keepsGenerations) return;
    this.#dirty = false;
    const { dir, identity, store, log } = this.#o;
    try {
      const { hq, store: own } = this.#shards;
      this.generation = await hq.frozen((hqGraph) =>
        own.frozen((ownGraph) =>
          saveGeneration(dir, identity, store.lsn, {
            hq: this.#image("hq", hqGraph),
            store: this.#image("store", ownGraph),
          }),
        ),
      );
    } catch (error) {
      this.#dirty = true;
      log.warn("index generation not written, the next start builds it again", { error: String(error) });
    }
  }

  #image(origin: Origin, graph: HnswGraph): ShardImage {
    const truth = this.#o.store.labels(origin, this.#o.identity.embedderId);
    const tags = new Map<number, number>();
    for (const label of graph.labels()) {
      const tag = truth.get(label);
      if (tag !== undefined) tags.set(label, tag);
    }
    return { graph, tags };
  }
}
