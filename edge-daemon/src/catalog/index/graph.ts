import hnswlib from "hnswlib-node";
import type { Hit } from "../vectors.js";

/** Chosen by `npm run bench`: recall@1 >= 0.99 of exact search at 100,000 x 256 well under a millisecond. */
export const graphParams = { m: 16, efConstruction: 200, ef: 64 } as const;

export interface GraphParams {
  readonly m: number;
  readonly efConstruction: number;
  /** Candidates kept while searching; hnswlib does not save it, so it is set again after every load. */
  readonly ef: number;
}

/**
 * One HNSW graph over unit vectors, wrapped so that hnswlib's traps stay inside: it grows by itself, `ef`
 * survives a load, a native object is never used again after a failed read (hnswlib-node leaves it dangling),
 * and a label is added once. Removed labels stay in the graph as bridges and are never given out again; the
 * owner rebuilds when there are too many, because reused slots leave points that no search reaches.
 *
 * Cosine of unit vectors is their inner product, so the cheaper `ip` space is used: score = 1 - distance.
 */
export class HnswGraph {
  readonly size: number;
  readonly #native: hnswlib.HierarchicalNSW;
  readonly #live: Set<number>;
  #capacity: number;
  #removed: number;

  private constructor(native: hnswlib.HierarchicalNSW, size: number, live: Set<number>, removed: number) {
    this.#native = native;
    this.size = size;
    this.#live = live;
    this.#removed = removed;
    this.#capacity = native.getMaxElements();
  }

  static empty(size: number, params: GraphParams = graphParams, capacity = 1024): HnswGraph {
    const native = new hnswlib.HierarchicalNSW("ip", size);
    native.initIndex(capacity, params.m, params.efConstruction);
    native.setEf(params.ef);
    return new HnswGraph(native, size, new Set(), 0);
  }

  /**
   * @param live labels that are to be found; the others of the file are marked as removed.
   * Rejects when the file cannot be read or its length does not fit; its checksum is the caller's business,
   * because hnswlib follows links without looking and a flipped bit would crash the process.
   */
  static async load(
    file: string,
    size: number,
    live: Set<number>,
    params: GraphParams = graphParams,
  ): Promise<HnswGraph> {
    const native = new hnswlib.HierarchicalNSW("ip", size);
    await native.readIndex(file);
    native.setEf(params.ef);
    let removed = 0;
    for (const label of native.getIdsList()) {
      if (live.has(label)) continue;
      removed++;
      try {
        native.markDelete(label);
      } catch {
        // Saved as deleted already: hnswlib offers no other way to ask.
      }
    }
    return new HnswGraph(native, size, live, removed);
  }

  get count(): number {
    return this.#live.size;
  }

  get removed(): number {
    return this.#removed;
  }

  has(label: number): boolean {
    return this.#live.has(label);
  }

  labels(): Iterable<number> {
    return this.#live;
  }

  add(label: number, vector: Float32Array): void {
    if (this.#native.getCurrentCount() >= this.#capacity) {
      this.#capacity = Math.ceil(Math.max(1024, this.#capacity * 1.5));
      this.#native.resizeIndex(this.#capacity);
    }
    this.#native.addPoint(Array.from(vector), label);
    this.#live.add(label);
  }

  remove(label: number): boolean {
    if (!this.#live.delete(label)) return false;
    this.#native.markDelete(label);
    this.#removed++;
    return true;
  }

  /** At most `k` hits, best first; fewer when fewer are found. Labels in `hidden` are passed over. */
  search(vector: Float32Array, k: number, hidden?: ReadonlySet<number>): Hit[] {
    const wanted = Math.min(k, this.#capacity);
    if (this.#live.size === 0 || wanted < 1) return [];
    const filter = hidden?.size ? (label: number) => !hidden.has(label) : undefined;
    const found = filter
      ? this.#native.searchKnn(Array.from(vector), wanted, filter)
      : this.#native.searchKnn(Array.from(vector), wanted);
    return found.neighbors.map((label, i) => ({ label, score: 1 - (found.distances[i] as number) }));
  }

  /** Runs off the main thread and reads without a lock: searches may go on meanwhile, changes must wait. */
  async save(file: string): Promise<void> {
    await this.#native.writeIndex(file);
  }

  /**
   * Least bytes of a whole file (header, and per element its vector, links of level 0, label and the length of
   * its upper links): hnswlib does not notice a full disk, so a shorter file is how we do.
   */
  leastBytes(params: GraphParams = graphParams): number {
    const element = this.size * 4 + params.m * 2 * 4 + 4 + 8;
    return this.#native.getCurrentCount() * (element + 4);
  }
}
