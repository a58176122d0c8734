import type { Sku } from "@tillsight/contracts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Catalog, openCatalog } from "./catalog.js";
import {
  embedderId,
  product,
  productRow,
  reference,
  referenceRow,
  size,
  TinyHeadquarters,
  temporaryFolder,
  unitVector,
} from "./test-helpers.js";
import { dot } from "./vectors.js";

const a = "a" as Sku;
const cosine = (x: Float32Array, y: Float32Array): number => dot(x, 0, y, size);
const near = (of: Float32Array, by: number): Float32Array => {
  const other = unitVector();
  const mixed = of.map((v, i) => v + by * (other[i] as number));
  const length = Math.sqrt(dot(mixed, 0, mixed, size));
  return mixed.map((v) => v / length);
};

let folder: ReturnType<typeof temporaryFolder>;
let catalog: Catalog;
beforeEach(async () => {
  folder = temporaryFolder();
  const { dir } = folder;
  catalog = await openCatalog({ dir, embedderId, size, keepsGenerations: false, watchMs: 0 });
});
afterEach(async () => {
  await catalog.stop();
  folder.clean();
});

test("what a store enrols and takes away at run time changes what its references say at once", async () => {
  const [x, y] = [unitVector(), unitVector()];
  catalog.enrol(product("a"), [reference("a1", "a", x), reference("a2", "a", near(x, 0.2))]);
  expect(catalog.surroundings(a)).toMatchObject({ references: 2, crowd: null });
  catalog.enrol(product("b"), [reference("b1", "b", y)]);
  const alone = catalog.surroundings(a)?.crowd ?? 1;
  expect(alone).toBeLessThan(Math.max(0.9, cosine(x, y) + 0.3));
  catalog.enrol(product("twin"), [reference("t1", "twin", near(x, 0.1))]);
  const crowded = catalog.surroundings(a)?.crowd ?? 0;
  expect(crowded).toBeGreaterThan(0.9);
  await catalog.settled();
  expect(catalog.surroundings(a)?.crowd).toBe(crowded);
  catalog.remove("twin" as Sku);
  expect(catalog.surroundings(a)?.crowd).toBeCloseTo(alone, 6);
  catalog.remove(a);
  expect(catalog.surroundings(a)).toBeNull();
});

test("headquarters' deltas change it, too, also one that gives a reference to another product", () => {
  const [x, y] = [unitVector(), unitVector()];
  const hq = new TinyHeadquarters();
  const shared = near(x, 0.1);
  const of = (sku: string) => referenceRow(reference("r2", sku, shared));
  catalog.apply(
    hq.delta([
      ...["a", "b", "c"].map((sku) => productRow(product(sku))),
      ...[referenceRow(reference("r1", "a", x)), of("b"), referenceRow(reference("r3", "c", y))],
    ]),
  );
  expect(catalog.surroundings(a)?.kin).toBeNull();
  expect(catalog.surroundings(a)?.crowd).toBeGreaterThan(0.9);
  catalog.apply(hq.delta([of("a")]));
  expect(catalog.surroundings(a)).toMatchObject({ references: 2 });
  expect(catalog.surroundings("b" as Sku)).toBeNull();
  catalog.apply(hq.delta([], "r:r2"));
  expect(catalog.surroundings(a)).toMatchObject({ references: 1, kin: null });
});
