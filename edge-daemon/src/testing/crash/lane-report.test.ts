import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { BookEntry } from "../till/book.js";
import { anItem } from "../till/messages.js";
import { goods } from "./goods.js";
import { compareWithScript } from "./lane-report.js";
import { shoppingList } from "./shopping.js";

const at = "2026-01-01T00:00:00.000Z";

/** The log of a till that got everything, of `n` sales. */
function scans(n: number): BookEntry[] {
  return Array.from({ length: n }, (_, shopper) => shoppingList(shopper))
    .flat()
    .flatMap(({ sku, quantity }) =>
      Array.from({ length: quantity }, (): BookEntry => {
        return { kind: "scan", at, sequence: null, code: goods.get(sku)?.gtins[0] ?? "" };
      }),
    );
}

function items(n: number): BookEntry[] {
  return Array.from({ length: n }, (_, shopper) => {
    const transactionId = randomUUID();
    return shoppingList(shopper).map(
      ({ sku, quantity }): BookEntry => ({ ...anItem({ sku, quantity, transactionId }), at, sequence: 1 }),
    );
  }).flat();
}

describe.each([
  ["scans", scans],
  ["full messages", items],
])("a log of %s", (_name, log) => {
  it("that is as it should be differs in nothing", () => {
    expect(compareWithScript(log(5), 5)).toEqual({ lost: 0, doubled: 0, differences: [] });
  });

  it("that lacks an entry at the end has lost something", () => {
    expect(compareWithScript(log(5).slice(0, -1), 5)).toMatchObject({ doubled: 0, lost: expect.any(Number) });
    expect(compareWithScript(log(5).slice(0, -1), 5).lost).toBeGreaterThan(0);
  });

  it("that has an entry twice has doubled something", () => {
    const twice = log(5);
    twice.push(twice.at(-1) as BookEntry);
    expect(compareWithScript(twice, 5)).toMatchObject({ lost: 0 });
    expect(compareWithScript(twice, 5).doubled).toBeGreaterThan(0);
  });

  it("that has one article in another's place has lost one and doubled one", () => {
    const wrong = log(5);
    const other = wrong.findIndex((e) => JSON.stringify(e).includes("article-1") || e.kind === "scan");
    wrong[other] = {
      ...(wrong[other] as BookEntry),
      ...(wrong[other]?.kind === "scan" ? { code: "0" } : { sku: "none" }),
    } as BookEntry;
    const { lost, doubled } = compareWithScript(wrong, 5);
    expect(lost).toBe(doubled);
    expect(lost).toBeGreaterThan(0);
  });
});
