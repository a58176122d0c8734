import { InvariantError } from "@tillsight/contracts";
import { best, type Hit } from "../vectors.js";
import { HnswGraph } from "./graph.js";
import { PendingVectors } from "./pending.js";

/**
 * References of one origin: a graph, the vectors on their way into it, and the labels that are hidden because
 * the graph may not be touched while it is being written to disk. Every change is seen by the next search.
 */
export class Shard {
  readonly #size: number;
  readonly #pending: PendingVectors;
  readonly #hidden = new Set<number>();
  #graph: HnswGraph;
  #frozen = false;

  constructor(size: number) {
    this.#size = size;
    this.#graph = HnswGraph.empty(size);
    this.#pending = new PendingVectors(size);
  }

  get count(): number {
    return this.#graph.count - this.#hidden.size + this.#pending.count;
  }

  get pending(): number {
    return this.#pending.count;
  }

  /** Share of the graph's points that are only bridges, 0..1, and how many they are. */
  get removed(): { readonly count: number; readonly share: number } {
    const count = this.#graph.removed + this.#hidden.size;
    return { count, share: count / Math.max(1, this.#graph.count + this.#graph.removed) };
  }

  has(label: number): boolean {
    return this.#pending.has(label) || (this.#graph.has(label) && !this.#hidden.has(label));
  }

  add(label: number, vector: Float32Array): void {
    if (!this.has(label)) this.#pending.add(label, vector);
  }

  remove(label: number): void {
    if (this.#pending.remove(label)) return;
    if (!this.#graph.has(label)) return;
    if (this.#frozen) this.#hidden.add(label);
    else this.#graph.remove(label);
  }

  nearest(query: Float32Array, k: number): Hit[] {
    const hits = this.#graph.search(query, k, this.#hidden);
    if (this.#pending.count === 0) return hits;
    return best([...hits, ...this.#pending.nearest(query, k)], k);
  }

  /** Moves waiting vectors into the graph until `enough` says so; false when none are left or it is frozen. */
  drain(enough: () => boolean): boolean {
    while (!this.#frozen && !enough()) {
      const next = this.#pending.take();
      if (!next) return false;
      this.#graph.add(next[0], next[1]);
    }
    return !this.#frozen && this.#pending.count > 0;
  }

  /** Runs `work` with a graph that does not change meanwhile; searches and changes of the shard go on. */
  async frozen<T>(work: (graph: HnswGraph) => Promise<T>): Promise<T> {
    if (this.#frozen) throw new InvariantError("an index shard was frozen twice");
    this.#frozen = true;
    try {
      return await work(this.#graph);
    } finally {
      this.#frozen = false;
      for (const label of this.#hidden) this.#graph.remove(label);
      this.#hidden.clear();
    }
  }

  /**
   * Takes over `graph` (loaded or built elsewhere) and brings it to `truth`: what is gone is removed, what it
   * lacks waits as pending. Without a graph the present one is brought to the truth.
   */
  adopt(
    truth: ReadonlySet<number>,
    vector: (label: number) => Float32Array | undefined,
    graph?: HnswGraph,
  ): void {
    if (graph) {
      if (this.#frozen) throw new InvariantError("an index shard was replaced while it was written");
      // What only the old graph held is fetched again below.
      this.#graph = graph;
      for (const label of graph.labels()) this.#pending.remove(label);
    }
    for (const label of [...this.#graph.labels()]) if (!truth.has(label)) this.remove(label);
    for (const label of [...this.#pending.labels()]) if (!truth.has(label)) this.#pending.remove(label);
    for (const label of truth) {
      if (this.has(label)) continue;
      const found = vector(label);
      if (found && found.length === this.#size) this.#pending.add(label, found);
    }
  }
}
