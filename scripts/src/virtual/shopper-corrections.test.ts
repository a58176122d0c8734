import { type Box, type LaneView, type LineItem, LineItemId, money, type Sku } from "@tillsight/contracts";
import { expect, test } from "vitest";
import type { ScriptItem } from "./script.js";
import { nextCorrection } from "./shopper-corrections.js";
import { demoProduct } from "./store.js";

const idOf = (n: number): LineItem["id"] =>
  LineItemId.parse(`00000000-0000-4000-8000-${String(n).padStart(12, "0")}`);

/** `pear@1` lies at place 1; `bananas@2=700` weighs that much with packaging. */
function thing(text: string): ScriptItem {
  const [, name = "", place, gross] = /^([a-z-]+)@(\d+)(?:=(\d+))?$/.exec(text) ?? [];
  const { product, art, size } = demoProduct(name);
  const pose = { id: text, art, x: Number(place) * 250, y: 300, size, turn: 0, shear: 0, squeeze: 1 };
  return { sku: product.sku, pose, grossGrams: gross ? Number(gross) : null };
}

/** `pear@1` follows a tray item at place 1, `pear*2` was added by hand; `=692` net grams, `?` unnamed. */
function line(text: string, index: number): { line: LineItem; box: Box | null } {
  const [, name = "", place, quantity, grams] =
    /^([a-z-]+|\?)(?:@(\d+))?(?:\*(\d+))?(?:=(\d+))?$/.exec(text) ?? [];
  const product = name === "?" ? null : demoProduct(name).product;
  return {
    box: place ? { x: Number(place) * 250 - 60, y: 240, w: 120, h: 120 } : null,
    line: {
      ...{ id: idOf(index), trayItemId: place ? `t${index}` : null, sku: product?.sku ?? null },
      ...{ name, unit: product?.unit ?? "each", quantity: Number(quantity ?? 1) },
      ...{ grams: grams ? Number(grams) : null, unitPrice: money(1, "EUR"), total: money(1, "EUR") },
      ...{ taxRateBp: 700, source: "picture", candidates: [], minAge: null, till: "none" },
      need: product ? "none" : "identification",
    },
  };
}

function viewOf(lines: string): LaneView {
  const all = lines.split(" ").filter(Boolean).map(line);
  const box = { detection: 0.9, occluded: false, decision: { kind: "unknown" as const, best: [] } };
  return {
    ...{ storeName: "Corner", notices: [], cards: [], tillConnected: true },
    basket: {
      ...{ transactionId: null, status: "shopping", currency: "EUR", total: money(0, "EUR") },
      ...{ lines: all.map((each) => each.line), helpWanted: false },
    },
    tray: {
      ...{ seq: 0, width: 1280, height: 720, phase: "settled" },
      items: all.flatMap((each, i) => (each.box ? [{ id: `t${i}`, box: each.box, ...box }] : [])),
    },
  };
}

const attendant = "attendant" as const;
const shopper = "shopper" as const;
const sku = (name: string): Sku => name as Sku;
const cases: [name: string, lines: string, table: string, next: object | null][] = [
  ["a basket that agrees", "pear@1 kiwi@2", "pear@1 kiwi@2", null],
  ["two lines that follow each other's thing", "kiwi@1 pear@2", "pear@1 kiwi@2", null],
  [
    "weights that are swapped between equal goods",
    "grapes@1=492 grapes@2=692",
    "grapes@1=700 grapes@2=500",
    null,
  ],
  ["a piece added by hand that the tray lacks", "pear@1 kiwi*1", "pear@1 kiwi@2", null],
  ["an unnamed line, which asks for itself", "pear@1 ?@3", "pear@1", null],
  [
    "a wrong name where the thing lies",
    "pear@1 lemon@2",
    "pear@1 kiwi@2",
    {
      what: "misnamed",
      sku: "kiwi",
      instead: "lemon",
      by: attendant,
      action: { do: "resolve", line: idOf(1), sku: "kiwi" },
    },
  ],
  [
    "a wrong name far from what is missing is a ghost first",
    "pear@1 lemon@4",
    "pear@1 kiwi@2",
    { what: "tooMany", sku: "lemon", by: attendant, action: { do: "void", line: idOf(1) } },
  ],
  [
    "the second line of one thing",
    "pear@1 pear@4",
    "pear@1",
    { what: "tooMany", sku: "pear", by: attendant, action: { do: "void", line: idOf(1) } },
  ],
  [
    "a piece added by hand that the lane has seen after all",
    "pear*1 pear@1",
    "pear@1",
    { what: "tooMany", sku: "pear", by: shopper, action: { do: "remove", line: idOf(0) } },
  ],
  [
    "one of two added by hand that the lane has seen after all",
    "pear*2 pear@1",
    "pear@1 pear@2",
    { what: "tooMany", sku: "pear", by: shopper, action: { do: "setQuantity", line: idOf(0), quantity: 1 } },
  ],
  [
    "a piece that was overlooked",
    "pear@1",
    "pear@1 pear@2",
    { what: "missing", sku: "pear", by: shopper, action: { do: "addSku", sku: sku("pear"), quantity: 1 } },
  ],
  [
    "another piece of what was added by hand already",
    "pear*1",
    "pear@1 pear@2",
    { what: "missing", sku: "pear", action: { do: "setQuantity", line: idOf(0), quantity: 2 } },
  ],
  [
    "goods by weight that were overlooked are a line each",
    "grapes=492",
    "grapes@1=500 grapes@2=700",
    { what: "missing", sku: "grapes", action: { do: "addSku", sku: sku("grapes"), quantity: 1 } },
  ],
  [
    "goods with the weight of others",
    "grapes@1=92",
    "grapes@1=500",
    { what: "misweighed", sku: "grapes", action: { do: "weigh", line: idOf(0), grossGrams: 500 } },
  ],
  [
    "a basket in which nothing was seen",
    "",
    "pear@1",
    { what: "missing", sku: "pear", action: { do: "addSku", sku: sku("pear"), quantity: 1 } },
  ],
];

test.each(cases)("%s", (_name, lines, table, next) => {
  const found = nextCorrection(viewOf(lines), table.split(" ").map(thing));
  if (next === null) expect(found).toBeNull();
  else expect(found).toMatchObject(next);
});
