import type { Sku } from "@tillsight/contracts";
import { quantile } from "../observe/quantile.js";
import { referencesOfOne, syntheticCatalog } from "./bench-data.js";
import { type GraphParams, graphParams, HnswGraph } from "./index/graph.js";
import { SurroundingsMemory } from "./index/surroundings.js";
import { exactNearest } from "./vectors.js";

export interface BenchOptions {
  /** Numbers of references, such as 1000, 10000, 100000. */
  readonly sizes: readonly number[];
  /** Numbers in one vector. */
  readonly size: number;
  readonly queries?: number;
  readonly params?: GraphParams;
  readonly onProgress?: (message: string) => void;
}

export interface BenchRow {
  readonly references: number;
  readonly buildSeconds: number;
  /** One addition to the finished graph, milliseconds. */
  readonly addP50: number;
  readonly p50: number;
  readonly p99: number;
  /** Exact search over the same vectors in the same run, milliseconds. */
  readonly exactP50: number;
  /** Share of queries whose best reference is the one that exact search finds. */
  readonly recallAt1: number;
  /** What a product's references say, when it first comes near and from then on, milliseconds. */
  readonly surroundingsP99: number;
  readonly rememberedP99: number;
  /** Growth of the process while the graph was built, MiB. */
  readonly memoryMiB: number;
}

function timed<T>(times: number[], work: () => T): T {
  const began = performance.now();
  const result = work();
  times.push(performance.now() - began);
  return result;
}

/** Latency and recall of the index against exact search, on synthetic embeddings (see `syntheticCatalog`). */
export async function benchIndex(options: BenchOptions): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const references of options.sizes) {
    options.onProgress?.(`index of ${references} references: preparing`);
    rows.push(await benchSize(references, options));
  }
  return rows;
}

async function benchSize(references: number, options: BenchOptions): Promise<BenchRow> {
  const params = options.params ?? graphParams;
  const data = syntheticCatalog(references, options.size);
  const before = process.memoryUsage().rss;
  const graph = HnswGraph.empty(options.size, params, references + 1024);
  const began = performance.now();
  for (const [label, vector] of data.vectors.entries()) {
    graph.add(label, vector);
    if (label % 2000 !== 0) continue;
    options.onProgress?.(`index of ${references} references: ${label} built`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const buildSeconds = (performance.now() - began) / 1000;
  const memoryMiB = (process.memoryUsage().rss - before) / 2 ** 20;
  const searched = search(graph, data, options);
  const addTimes: number[] = [];
  for (let i = 0; i < 200; i++) {
    const vector = data.query();
    timed(addTimes, () => graph.add(references + i, vector));
  }
  return { references, buildSeconds, memoryMiB, addP50: quantile(addTimes, 0.5), ...searched };
}

function search(graph: HnswGraph, data: ReturnType<typeof syntheticCatalog>, options: BenchOptions) {
  const queries = Array.from({ length: options.queries ?? 1000 }, () => data.query());
  for (const query of queries.slice(0, 50)) graph.search(query, 8);
  const times: number[] = [];
  const answers = queries.map((query) => timed(times, () => graph.search(query, 8)));
  options.onProgress?.("the same queries by exact search");
  const exactTimes: number[] = [];
  const truth = queries.map((query) =>
    timed(exactTimes, () => exactNearest(data.vectors.entries(), query, 1)),
  );
  const right = truth.filter((hits, i) => hits[0]?.label === answers[i]?.[0]?.label).length;
  return {
    ...{ p50: quantile(times, 0.5), p99: quantile(times, 0.99), exactP50: quantile(exactTimes, 0.5) },
    recallAt1: right / queries.length,
    ...surroundings(graph, data.vectors),
  };
}

function surroundings(graph: HnswGraph, vectors: readonly Float32Array[]) {
  const products = Math.ceil(vectors.length / referencesOfOne);
  const memory = new SurroundingsMemory({
    referencesOf: (sku) =>
      Array.from({ length: referencesOfOne }, (_, i) => Number(sku) + i * products).flatMap((label) => {
        const vector = vectors[label];
        return vector ? [{ label, vector }] : [];
      }),
    nearest: (vector, k) => graph.search(vector, k),
  });
  const skus = Array.from({ length: Math.min(500, products) }, (_, i) => String(i) as Sku);
  const [first, again]: [number[], number[]] = [[], []];
  for (const times of [first, again]) for (const sku of skus) timed(times, () => memory.of(sku));
  return { surroundingsP99: quantile(first, 0.99), rememberedP99: quantile(again, 0.99) };
}
