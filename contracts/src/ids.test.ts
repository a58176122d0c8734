import { describe, expect, it } from "vitest";
import { Gtin, gtinCheckDigit, NodeName, Plu, Sku } from "./ids.js";
import { attendantActions, BasketAction, topics } from "./index.js";

describe("a GTIN", () => {
  // GS1 General Specifications, 7.9, and codes of every length that is sold.
  const right = ["96385074", "036000291452", "4006381333931", "10614141000415"];
  it.each(right)("%s has its check digit", (gtin) => {
    expect(gtinCheckDigit(gtin.slice(0, -1))).toBe(Number(gtin.at(-1)));
    expect(Gtin.safeParse(gtin).success).toBe(true);
  });

  it.each(right)("%s with any other last digit is refused", (gtin) => {
    for (let digit = 0; digit < 10; digit++)
      expect(Gtin.safeParse(`${gtin.slice(0, -1)}${digit}`).success).toBe(String(digit) === gtin.at(-1));
  });

  it.each(["", "4006381", "400638133393", "40063813339311", "4006381333 31"])("%j is none", (text) => {
    expect(Gtin.safeParse(text).success).toBe(false);
  });
});

describe("names that end up in topics, files and frames", () => {
  const cases: [
    schema: string,
    parse: { safeParse(x: unknown): { success: boolean } },
    good: string[],
    bad: string[],
  ][] = [
    ["SKU", Sku, ["A", "MUG-1", "a_b.c"], ["", "a b", "ä", "x".repeat(33), "a/b", "a\n"]],
    ["PLU", Plu, ["4011", "94011"], ["401", "940111", "40a1"]],
    ["node name", NodeName, ["lane-1", "0"], ["", "-a", "A", "a/b", "a+b", "#", "x".repeat(64)]],
  ];
  it.each(cases)("%s", (_schema, schema, good, bad) => {
    for (const text of good) expect([text, schema.safeParse(text).success]).toEqual([text, true]);
    for (const text of bad) expect([text, schema.safeParse(text).success]).toEqual([text, false]);
  });

  it("a topic has no wildcard and no empty level, whatever the names", () => {
    const [store, terminal] = [NodeName.parse("store-7"), NodeName.parse("lane-1")];
    for (const { topic } of Object.values(topics))
      expect(topic(store, terminal)).toMatch(/^[a-z0-9-]+(\/[a-z0-9-]+)+$/);
  });
});

it("every action of the attendant is an action", () => {
  const known = BasketAction.options.map((option) => option.shape.do.value);
  expect(known).toEqual(expect.arrayContaining([...attendantActions]));
});
