import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { seededRandom } from "../bench-data.js";
import { temporaryFolder, unitVector } from "../test-helpers.js";
import { best, exactNearest } from "../vectors.js";
import { HnswGraph } from "./graph.js";
import { Shard } from "./shard.js";

const size = 32;
let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.clean());

test("10,000 random additions, removals, drains and saves: every change is seen by the next search", async () => {
  const random = seededRandom(11);
  const shard = new Shard(size);
  const truth = new Map<number, Float32Array>();
  let next = 1;
  let saving: Promise<void> | undefined;
  let agreed = 0;
  let asked = 0;
  const pick = () => [...truth.keys()][Math.floor(random() * truth.size)] as number;
  for (let step = 0; step < 10_000; step++) {
    const dice = random();
    if (dice < 0.55 || truth.size < 20) {
      const vector = unitVector(random);
      truth.set(next, vector);
      shard.add(next, vector);
      expect(shard.nearest(vector, 1)[0]?.label).toBe(next++);
    } else if (dice < 0.85) {
      const label = pick();
      const vector = truth.get(label) as Float32Array;
      truth.delete(label);
      shard.remove(label);
      expect(shard.nearest(vector, 3).map((hit) => hit.label)).not.toContain(label);
    } else if (dice < 0.95) {
      let moves = 40;
      shard.drain(() => moves-- === 0);
    } else if (dice < 0.952) {
      await saving;
      saving = shard.frozen((graph) =>
        graph.count > 0 ? graph.save(join(folder.dir, "x.hnsw")) : Promise.resolve(),
      );
    } else {
      const query = unitVector(random);
      asked++;
      if (shard.nearest(query, 1)[0]?.label === exactNearest(truth, query, 1)[0]?.label) agreed++;
    }
    expect(shard.count).toBe(truth.size);
  }
  await saving;
  expect(asked).toBeGreaterThan(200);
  // Uniform vectors are the hardest case there is for a graph; real embeddings agree above 0.99 (see the benchmark).
  expect(agreed / asked).toBeGreaterThan(0.95);
}, 60_000);

test("a saved graph keeps its removals, its search depth and its place to grow", async () => {
  const graph = HnswGraph.empty(size, undefined, 16);
  const vectors = Array.from({ length: 300 }, () => unitVector());
  for (const [label, vector] of vectors.entries()) graph.add(label, vector);
  for (let label = 0; label < 100; label++) graph.remove(label);
  const file = join(folder.dir, "graph.hnsw");
  await graph.save(file);
  const loaded = await HnswGraph.load(file, size, new Set(graph.labels()));
  expect(loaded).toMatchObject({ count: 200, removed: 100 });
  for (const [label, vector] of vectors.entries()) {
    expect(loaded.search(vector, 1)[0]?.label === label).toBe(label >= 100);
    expect(loaded.search(vector, 5)).toEqual(graph.search(vector, 5));
  }
  const late = unitVector();
  loaded.add(1000, late);
  expect(loaded.search(late, 1)[0]?.label).toBe(1000);
});

test("asking for more than there is gives what there is, and nothing from an empty graph", () => {
  const graph = HnswGraph.empty(size);
  expect(graph.search(unitVector(), 5)).toEqual([]);
  graph.add(1, unitVector());
  expect(graph.search(unitVector(), 5000)).toHaveLength(1);
  graph.remove(1);
  expect(graph.search(unitVector(), 5)).toEqual([]);
});

test("equal scores come in the order of their labels", () => {
  expect(
    best(
      [
        { label: 3, score: 0.5 },
        { label: 1, score: 0.5 },
        { label: 2, score: 0.9 },
      ],
      3,
    ).map((h) => h.label),
  ).toEqual([2, 1, 3]);
});
