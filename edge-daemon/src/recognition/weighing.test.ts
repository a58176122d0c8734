import type { Sku } from "@tillsight/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { calibration } from "../domain/recognition/odds-fixture.js";
import { replayTrace } from "../domain/recognition/trace.js";
import type { CatalogReader } from "../ports/catalog.js";
import { items, TestLane } from "./testing/lane.js";
import { scriptedEmbedder, type Thing } from "./testing/scene.js";

const apple: Thing = { kind: "apple", x: 60, y: 60 };
const pear: Thing = { kind: "pear", x: 160, y: 60 };
const grams: Readonly<Record<string, number>> = { apple: 180, milk: 1030 };

/** A store in which apple and milk look exactly alike; what they weigh is known. */
const alike = (catalog: CatalogReader): CatalogReader => ({
  ...catalog,
  nearest: (vector, k) =>
    catalog.nearest(vector, k).flatMap((near) => {
      if (near.sku !== "apple" && near.sku !== "milk") return [near];
      return near.sku === "apple" ? [near, { ...near, sku: "milk" as Sku, referenceId: "milk-1" }] : [];
    }),
  product: (sku) => {
    const product = catalog.product(sku);
    return product && { ...product, unitGrams: grams[sku] ?? null, unitToleranceGrams: 10 };
  },
});

let onScale: number | null;
let lane: TestLane;
beforeEach(() => {
  onScale = 0;
  lane = new TestLane(undefined, (catalog) => ({
    catalog: alike(catalog),
    embedder: { ...scriptedEmbedder, calibration },
    scale: { grams: () => onScale, deviation: 2 },
  }));
});
afterEach(async () => {
  await lane.stop();
  expect(lane.errors).toEqual([]);
});

describe("two products that look alike", () => {
  it("are told apart by their weight, and the reason says so", async () => {
    await lane.show([]);
    onScale = 182;
    const state = await lane.show([apple]);
    expect(items(state)).toEqual(["item-1 apple"]);
    expect(state.items[0]?.why?.weight?.grams).toBe(182);
    expect(state.items[0]?.why?.weight?.times).toBeGreaterThan(5);
  });

  it("are asked about where nothing is weighed", async () => {
    onScale = null;
    await lane.show([]);
    const state = await lane.show([apple]);
    expect(items(state)).toEqual(["item-1 ambiguous"]);
    expect(state.items[0]?.why?.weight).toBeUndefined();
  });

  it("are asked about where two items were laid down at once", async () => {
    await lane.show([]);
    onScale = 182 + 210;
    expect(items(await lane.show([apple, pear]))).toEqual(["item-1 ambiguous", "item-2 pear"]);
  });

  it("keep their names when more is laid beside them", async () => {
    await lane.show([]);
    onScale = 1028;
    await lane.show([apple]);
    await lane.reach([apple]);
    onScale = 1028 + 210;
    expect(items(await lane.show([apple, pear]))).toEqual(["item-1 milk", "item-2 pear"]);
  });

  it("are decided alike again when the trace is replayed", async () => {
    await lane.show([]);
    onScale = 182;
    await lane.show([apple]);
    expect(lane.traces.length).toBeGreaterThan(0);
    for (const trace of lane.traces)
      for (const replayed of replayTrace(JSON.parse(JSON.stringify(trace)))) {
        expect(replayed.same).toBe(true);
        expect(replayed.why?.weight?.grams).toBe(182);
      }
  });
});
