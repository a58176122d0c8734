import type { Sku } from "@tillsight/contracts";
import { describe, expect, it } from "vitest";
import type { IndexChange } from "../store.js";
import { dot, exactNearest } from "../vectors.js";
import { SurroundingsMemory } from "./surroundings.js";

const SIZE = 16;

/** A unit vector from a small generator, so that a failure can be repeated. */
function unit(seed: number): Float32Array {
  let state = seed * 2_654_435 + 12_345;
  const v = Float32Array.from({ length: SIZE }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647 - 0.5;
  });
  const length = Math.sqrt(dot(v, 0, v, SIZE));
  return v.map((x) => x / length);
}

/** A store whose search is exact, and that counts how often it is asked. */
class Store {
  readonly rows = new Map<number, { sku: Sku; vector: Float32Array }>();
  searches = 0;
  #label = 0;
  readonly sources = {
    referencesOf: (sku: Sku) =>
      [...this.rows].flatMap(([label, row]) => (row.sku === sku ? [{ label, vector: row.vector }] : [])),
    nearest: (vector: Float32Array, k: number) => {
      this.searches++;
      return exactNearest(
        [...this.rows].map(([label, row]) => [label, row.vector] as const),
        vector,
        k,
      );
    },
  };

  add(sku: string, vector: Float32Array): IndexChange {
    const label = this.#label++;
    this.rows.set(label, { sku: sku as Sku, vector });
    return { origin: "store", added: { label, vector, sku } };
  }

  remove(label: number): IndexChange {
    this.rows.delete(label);
    return { origin: "store", removed: label };
  }
}

const a = "a" as Sku;

describe("what the references say about a product", () => {
  it("how alike its own are, and how near the closest of another product", () => {
    const store = new Store();
    const [x, y, z] = [unit(1), unit(2), unit(3)];
    for (const [sku, vector] of [
      ["a", x],
      ["a", y],
      ["b", z],
    ] as const)
      store.add(sku, vector);
    const about = new SurroundingsMemory(store.sources).of(a);
    expect(about?.references).toBe(2);
    expect(about?.kin).toBeCloseTo(dot(x, 0, y, SIZE), 6);
    expect(about?.crowd).toBeCloseTo((dot(x, 0, z, SIZE) + dot(y, 0, z, SIZE)) / 2, 6);
  });

  it("one reference has no kin, one product no crowd, an unknown product nothing", () => {
    const store = new Store();
    store.add("a", unit(1));
    const memory = new SurroundingsMemory(store.sources);
    expect(memory.of(a)).toEqual({ references: 1, kin: null, crowd: null });
    expect(memory.of("b" as Sku)).toBeNull();
  });

  it("is looked up once, and a change far away does not make it be looked up again", () => {
    const store = new Store();
    store.add("a", unit(1));
    store.add("b", unit(2));
    const memory = new SurroundingsMemory(store.sources);
    memory.of(a);
    const { searches } = store;
    const far = unit(1).map((x) => -x);
    memory.apply([store.add("c", far)]);
    memory.of(a);
    expect(store.searches).toBe(searches);
  });

  it("after any addition, removal or move it is what a fresh look says", () => {
    const store = new Store();
    const memory = new SurroundingsMemory(store.sources);
    const skus = ["a", "b", "c", "d"];
    for (let step = 0; step < 400; step++) {
      const labels = [...store.rows.keys()];
      const pick = (step * 7_919) % 10;
      const label = labels[(step * 31) % Math.max(1, labels.length)];
      if (pick < 5 || label === undefined)
        memory.apply([store.add(skus[step % 4] as string, unit(step + 1))]);
      else if (pick < 9) memory.apply([store.remove(label)]);
      else {
        const row = store.rows.get(label);
        if (row) store.rows.set(label, { ...row, sku: "a" as Sku });
        memory.apply([{ origin: "store", moved: true }]);
      }
      for (const sku of skus as Sku[])
        expect(memory.of(sku)).toEqual(new SurroundingsMemory(store.sources).of(sku));
    }
  });

  it("many changes at once are not looked through one by one", () => {
    const store = new Store();
    store.add("a", unit(1));
    const memory = new SurroundingsMemory(store.sources);
    memory.of(a);
    memory.apply(Array.from({ length: 50 }, (_, i) => store.add("b", unit(i + 2))));
    expect(memory.of(a)?.crowd).not.toBeNull();
  });
});
