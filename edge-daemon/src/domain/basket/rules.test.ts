import type { BasketAction, LineItemId, Sku } from "@tillsight/contracts";
import { describe, expect, it } from "vitest";
import { BasketBench, is, maybe, unknown } from "./fixture.js";
import { needOf, viewBasket } from "./state.js";

const sku = (name: string) => name as Sku;
const nowhere = "00000000-0000-4000-8000-00000000ffff" as LineItemId;

/** t1 milk, t2 a choice, t3 unknown, t4 apple by weight, t5 gin; then milk by hand. */
function shopping(): BasketBench {
  const bench = new BasketBench();
  bench.tray({ t1: is("milk"), t2: maybe("bread", "beer"), t3: unknown, t4: is("apple"), t5: is("gin") });
  bench.act({ do: "addSku", sku: sku("milk"), quantity: 1 });
  return bench;
}
const [MILK, CHOICE, UNKNOWN, APPLE, GIN, BY_HAND] = [0, 1, 2, 3, 4, 5];

describe("what is refused, and why", () => {
  const cases: [string, (bench: BasketBench) => BasketAction, string][] = [
    ["a line that is not there", () => ({ do: "remove", line: nowhere }), "NO_SUCH_LINE"],
    ["a product that is not there", () => ({ do: "addSku", sku: sku("x"), quantity: 1 }), "NO_SUCH_PRODUCT"],
    [
      "a price in another currency",
      () => ({ do: "addSku", sku: sku("dollar"), quantity: 1 }),
      "WRONG_CURRENCY",
    ],
    [
      "several of what is weighed",
      () => ({ do: "addSku", sku: sku("apple"), quantity: 2 }),
      "WEIGHED_QUANTITY",
    ],
    [
      "taking a tray item out without taking it away",
      (b) => ({ do: "remove", line: b.line(MILK) }),
      "ITEM_ON_TRAY",
    ],
    [
      "a quantity for one thing on the tray",
      (b) => ({ do: "setQuantity", line: b.line(MILK), quantity: 2 }),
      "TRAY_QUANTITY",
    ],
    [
      "a shopper renaming a match",
      (b) => ({ do: "resolve", line: b.line(GIN), sku: sku("milk") }),
      "ALREADY_IDENTIFIED",
    ],
    [
      "weighing what is sold by piece",
      (b) => ({ do: "weigh", line: b.line(MILK), grossGrams: 5 }),
      "NOT_BY_WEIGHT",
    ],
    [
      "nothing but packaging on the scale",
      (b) => ({ do: "weigh", line: b.line(APPLE), grossGrams: 20 }),
      "NOT_ABOVE_TARE",
    ],
    [
      "an age check nobody asked for",
      (b) => ({ do: "approveAge", line: b.line(MILK), approved: true }),
      "NO_AGE_CHECK",
    ],
    ["checkout while questions are open", () => ({ do: "checkout" }), "LINES_NOT_READY"],
    [
      "a doubt there is not",
      (b) => ({ do: "settleDoubt", line: b.line(MILK), onTill: true }),
      "NOTHING_TO_SETTLE",
    ],
    ["a retry of what was not refused", (b) => ({ do: "retryLine", line: b.line(MILK) }), "NOTHING_TO_RETRY"],
    ["a retry of a total that was not told", () => ({ do: "retryTotal" }), "NOTHING_TO_RETRY"],
    ["resuming what is not suspended", () => ({ do: "resume" }), "NOT_SUSPENDED"],
  ];
  it.each(cases)("%s", (_name, action, code) => {
    const bench = shopping();
    const before = bench.state;
    expect(bench.act(action(bench))).toBe(code);
    expect(bench.state).toBe(before);
  });

  it("lists at checkout what each line waits for", () => {
    const bench = shopping();
    bench.act({ do: "void", line: bench.line(MILK) }, "attendant");
    const names = bench.state.lines.map((line) => needOf(line, 0));
    expect(names).toEqual(["choice", "identification", "weight", "ageApproval", "none"]);
  });

  it("refuses to check out an empty basket, or none", () => {
    const bench = new BasketBench();
    expect(bench.act({ do: "checkout" })).toBe("NOT_OPEN");
    expect(bench.act({ do: "suspend" })).toBe("NOT_SUSPENDABLE");
    bench.tray({ t1: is("milk") });
    bench.act({ do: "void", line: bench.line() }, "attendant");
    expect(bench.act({ do: "checkout" })).toBe("EMPTY_BASKET");
  });

  it.each([
    ["paying", "BASKET_FROZEN"],
    ["suspended", "SUSPENDED"],
    ["done", "ALREADY_ENDED"],
  ])("changes no line while %s", (status, code) => {
    const bench = new BasketBench();
    bench.tray({ t1: is("milk") });
    if (status === "suspended") bench.act({ do: "suspend" });
    else bench.act({ do: "checkout" });
    if (status === "done") bench.settleAll();
    const line = bench.line();
    expect(bench.act({ do: "resolve", line, sku: sku("bread") })).toBe(code);
    expect(bench.act({ do: "setQuantity", line, quantity: 2 })).toBe(code);
    expect(bench.act({ do: "remove", line })).toBe(code);
    expect(bench.act({ do: "checkout" })).toBe(code);
  });
});

describe("what people may do", () => {
  it("answers every question and pays", () => {
    const bench = shopping();
    bench.act({ do: "resolve", line: bench.line(CHOICE), sku: sku("bread") });
    bench.act({ do: "resolve", line: bench.line(UNKNOWN), sku: sku("milk") });
    bench.act({ do: "weigh", line: bench.line(APPLE), grossGrams: 1020 });
    bench.act({ do: "approveAge", line: bench.line(GIN), approved: true }, "attendant");
    bench.act({ do: "setQuantity", line: bench.line(BY_HAND), quantity: 3 });
    expect(viewBasket(bench.state).lines.map((l) => [l.sku, l.total.minor, l.source])).toEqual([
      ["milk", 119, "picture"],
      ["bread", 249, "shopper"],
      ["milk", 119, "shopper"],
      ["apple", 299, "picture"],
      ["gin", 1499, "picture"],
      ["milk", 357, "shopper"],
    ]);
    bench.act({ do: "checkout" });
    bench.settleAll();
    expect(viewBasket(bench.state)).toMatchObject({ status: "done", total: { minor: 2642 } });
  });

  it("answers what the tray has meanwhile answered the same way, and nothing happens", () => {
    const bench = new BasketBench();
    bench.tray({ t1: is("milk") });
    const before = viewBasket(bench.state);
    expect(bench.act({ do: "resolve", line: bench.line(), sku: sku("milk") })).toEqual([]);
    expect(viewBasket(bench.state)).toEqual(before);
    expect(bench.act({ do: "resolve", line: bench.line(), sku: sku("bread") })).toBe("ALREADY_IDENTIFIED");
  });

  it("approves an age once for all that it covers", () => {
    const bench = new BasketBench();
    bench.tray({ t1: is("beer"), t2: is("gin") });
    bench.act({ do: "approveAge", line: bench.line(0), approved: true }, "attendant");
    expect(bench.state.lines.map((l) => needOf(l, bench.state.approvedAge))).toEqual(["none", "ageApproval"]);
    bench.act({ do: "approveAge", line: bench.line(1), approved: true }, "attendant");
    bench.tray({ t1: is("beer"), t2: is("gin"), t3: is("gin") });
    expect(bench.state.lines.map((l) => needOf(l, bench.state.approvedAge))).toEqual([
      "none",
      "none",
      "none",
    ]);
  });

  it("takes a refused bottle out of the sale for good", () => {
    const bench = new BasketBench();
    bench.tray({ t1: is("beer"), t2: is("milk") });
    bench.act({ do: "approveAge", line: bench.line(0), approved: false }, "attendant");
    bench.tray({ t1: is("beer"), t2: is("milk") });
    expect(bench.state.lines.map((l) => l.product?.sku)).toEqual(["milk"]);
  });

  it("keeps the scale's reading when an attendant renames a weighed line", () => {
    const bench = shopping();
    bench.act({ do: "weigh", line: bench.line(APPLE), grossGrams: 1020 });
    bench.act({ do: "resolve", line: bench.line(APPLE), sku: sku("bread") }, "attendant");
    expect(viewBasket(bench.state).lines[APPLE ?? 0]).toMatchObject({ grams: null, total: { minor: 249 } });
    bench.act({ do: "resolve", line: bench.line(APPLE), sku: sku("apple") }, "attendant");
    expect(viewBasket(bench.state).lines[APPLE ?? 0]).toMatchObject({ grams: 1000, total: { minor: 299 } });
  });

  it("calls for help at any time, also before shopping", () => {
    const bench = new BasketBench();
    expect(bench.act({ do: "callHelp" })).toEqual(["helpCalled"]);
    expect(bench.act({ do: "callHelp" })).toEqual([]);
    bench.tray({ t1: is("milk") });
    expect(viewBasket(bench.state)).toMatchObject({ status: "shopping", helpWanted: true });
    expect(bench.act({ do: "dismissHelp" }, "attendant")).toEqual(["helpDismissed"]);
  });
});
