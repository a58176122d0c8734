import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../storage/database.js";
import { onEachEngine } from "../storage/testing/each-engine.js";
import { embedderId, product } from "../test-helpers.js";
import { CloudCatalog } from "./catalog.js";

const goods = [
  product("milk-1", { name: "Milk 100%", names: { de: "Vollmilch", fr: "Lait entier" } }),
  product("milk-2", { name: "Oat drink", names: { de: "Haferdrink" } }),
  product("choc", { name: "Chocolate with milk", gtins: ["4006381333931"] }),
  product("apple", { name: "Äpfel Braeburn", plu: "4011" }),
  product("broc", { name: "Broccoli 500 g" }),
];

onEachEngine((place) => {
  let db: Database;
  let catalog: CloudCatalog;
  beforeAll(async () => {
    db = await place().open();
    catalog = await CloudCatalog.open(db, embedderId);
    for (const item of goods) await catalog.putProduct(item, "test");
  }, 120_000);
  afterAll(async () => {
    await catalog.close();
    await db.close();
  });

  const found = async (text: string) => (await catalog.products(text, 10)).map((p) => p.sku);

  test.each([
    ["a part of a name, names that begin with it first", "MILK", ["milk-1", "choc", "milk-2"]],
    ["all words, in any order", "milk choc", ["choc"]],
    ["another language", "hafer", ["milk-2"]],
    ["the inner part of a word", "rolm", []],
    ["the inner part of a compound", "llmil", ["milk-1"]],
    ["no accents typed", "apfel", ["apple"]],
    ["accents typed", "ÄPFEL", ["apple"]],
    ["a short word as the beginning of a word", "br", ["broc", "apple"]],
    ["a short word beside a long one", "g broc", ["broc"]],
    ["a SKU", "choc", ["choc"]],
    ["a barcode with another number of digits", "04006381333931", ["choc"]],
    ["a PLU", "4011", ["apple"]],
    ["a wildcard, literally", "100%", ["milk-1"]],
    ["a wildcard alone", "_", []],
    ["signs of the query language", "& | ! ' :*", []],
    ["a word with a slip", "brocoli", ["broc"]],
    ["nothing: all by name", "", ["apple", "broc", "choc", "milk-1", "milk-2"]],
  ])("%s", async (_, text, skus) => {
    expect(await found(text)).toEqual(skus);
  });

  test("a search for its SKU puts the product first", async () => {
    expect((await found("milk-2"))[0]).toBe("milk-2");
  });

  test("pages follow each other without gap or repeat, and the last one says so", async () => {
    const first = await catalog.search("", { limit: 3 });
    const second = await catalog.search("", { limit: 3, offset: 3 });
    expect([first.more, second.more]).toEqual([true, false]);
    expect([...first.products, ...second.products].map((p) => p.sku)).toEqual(await found(""));
  });

  test("what is only written alike is said to be", async () => {
    expect(await catalog.search("brocoli", { limit: 5 })).toMatchObject({ similar: true });
    expect(await catalog.search("broccoli", { limit: 5 })).toMatchObject({ similar: false });
  });
});
