import type { Picture } from "@tillsight/models";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Catalog } from "./catalog.js";
import { enrolItem } from "./enrol.js";
import { embedderId, product, size, temporaryFolder, unitVector } from "./test-helpers.js";

let folder: ReturnType<typeof temporaryFolder>;
let catalog: Catalog;
beforeEach(async () => {
  folder = temporaryFolder();
  catalog = await new Catalog({ dir: folder.dir, embedderId, size }).start();
});
afterEach(async () => {
  await catalog.stop();
  folder.clean();
});

const picture: Picture = { width: 1, height: 1, data: new Uint8Array(3) };
let id = 0;
const request = (sku: string, vectors: Float32Array[], onConflict: "store" | "refuse" = "store") => ({
  product: product(sku),
  photos: vectors.map(() => picture),
  embed: async () => vectors,
  newId: () => `id${id++}`,
  conflictFrom: 0.8,
  onConflict,
});

test("an item enrolled from three pictures is found by each of them at once", async () => {
  const vectors = [unitVector(), unitVector(), unitVector()];
  const report = await enrolItem(catalog, request("mug", vectors));
  expect(report).toMatchObject({ enrolled: true, conflicts: [] });
  expect(report.referenceIds).toHaveLength(3);
  expect(report.agreement).toBeLessThan(0.9);
  for (const vector of vectors) expect(catalog.nearest(vector, 1)[0]?.sku).toBe("mug");
});

test("a look-alike is answered with its score, and is stored or refused as asked", async () => {
  const looks = unitVector();
  await enrolItem(catalog, request("cola", [looks]));
  const refused = await enrolItem(catalog, request("cola-zero", [unitVector(), looks], "refuse"));
  expect(refused).toMatchObject({
    enrolled: false,
    conflicts: [{ sku: "cola", name: "Item cola", photo: 2 }],
  });
  expect(refused.conflicts[0]?.score).toBeCloseTo(1, 5);
  expect(catalog.product(product("cola-zero").sku)).toBeUndefined();
  expect(await enrolItem(catalog, request("cola-zero", [looks]))).toMatchObject({ enrolled: true });
  expect(catalog.product(product("cola-zero").sku)).toBeDefined();
});

test("another picture of the same item is no conflict with itself", async () => {
  const looks = unitVector();
  await enrolItem(catalog, request("mug", [looks]));
  expect(await enrolItem(catalog, request("mug", [looks]))).toMatchObject({ conflicts: [] });
});

test("no picture and six pictures are refused", async () => {
  for (const count of [0, 6])
    await expect(
      enrolItem(
        catalog,
        request(
          "mug",
          Array.from({ length: count }, () => unitVector()),
        ),
      ),
    ).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
});
