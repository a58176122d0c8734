import { randomUUID } from "node:crypto";
import { Sku } from "@tillsight/contracts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CloudCatalog } from "../catalog/catalog.js";
import type { Database } from "../storage/database.js";
import { onEachEngine } from "../storage/testing/each-engine.js";
import { embedderId, product, unitVector } from "../test-helpers.js";
import { ReferenceIndex } from "./reference-index.js";

onEachEngine((place) => {
  let db: Database;
  let catalog: CloudCatalog;
  beforeAll(async () => {
    db = await place().open();
    catalog = await CloudCatalog.open(db, embedderId);
  }, 60_000);
  afterAll(async () => {
    await catalog.close();
    await db.close();
  });

  test("what comes, changes and goes is known at the next question, also when it happened elsewhere", async () => {
    const index = new ReferenceIndex(db, embedderId);
    const add = async (sku: string, id: string, seed: number) => {
      await catalog.putProduct(product(sku), "test");
      await catalog.addReferences(
        Sku.parse(sku),
        [{ id, vector: unitVector(seed), photo: `photo/${seed}` }],
        "test",
      );
    };
    const ask = async (seed: number) =>
      (await index.conflicts(unitVector(seed), "asked", 0.999)).map(({ sku, photo }) => [sku, photo]);
    expect(await ask(1)).toEqual([]);
    const [one, two] = [randomUUID(), randomUUID()];
    await add("mug", one, 1);
    await add("cup", two, 1);
    expect(await ask(1)).toHaveLength(2);
    await add("cup", two, 2);
    expect(await ask(1)).toEqual([["mug", "photo/1"]]);
    expect(await ask(2)).toEqual([["cup", "photo/2"]]);
    await catalog.removeProduct(Sku.parse("mug"), "test");
    expect(await ask(1)).toEqual([]);
    await add("mug", one, 1);
    expect(await ask(1)).toEqual([["mug", "photo/1"]]);
    expect(await new ReferenceIndex(db, "other").conflicts(unitVector(1), "asked", 0)).toEqual([]);
    expect(await index.conflicts(unitVector(1), "mug", 0.999)).toEqual([]);
  });
});
