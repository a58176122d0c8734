import { money, type Sku } from "@tillsight/contracts";
import { expect, test } from "vitest";
import { BasketBench, is } from "./fixture.js";
import { totalOf } from "./state.js";

const iso = (at: number) => new Date(at).toISOString();

/** Milk at 1.19, from ten seconds on 0.99 for another ten. */
function benchWithAction() {
  const bench = new BasketBench();
  const milk = bench.products.get("milk");
  if (!milk) throw new RangeError("no milk");
  const action = { price: money(99, "EUR"), validFrom: iso(bench.time + 10_000) };
  bench.products.set("milk", { ...milk, prices: [{ ...action, validUntil: iso(bench.time + 20_000) }] });
  return bench;
}
const addMilk = { do: "addSku", sku: "milk" as Sku, quantity: 1 } as const;
const prices = (bench: BasketBench) => bench.state.lines.map((line) => line.product?.unitPrice.minor);

test("a line takes the price that holds when it is added, whoever adds it, and keeps it when the price changes", () => {
  const bench = benchWithAction();
  bench.act(addMilk);
  bench.tray({ t1: is("milk") });
  bench.time += 10_000;
  bench.act(addMilk);
  bench.tray({ t1: is("milk"), t2: is("milk") });
  bench.time += 10_000;
  bench.act(addMilk);
  expect(prices(bench)).toEqual([119, 119, 99, 99, 119]);
  expect(totalOf(bench.state).minor).toBe(119 * 3 + 99 * 2);
});

test("changing the quantity of a line does not price it anew", () => {
  const bench = benchWithAction();
  bench.act(addMilk);
  bench.time += 10_000;
  bench.act({ do: "setQuantity", line: bench.line(), quantity: 3 });
  expect(totalOf(bench.state).minor).toBe(119 * 3);
});

test("a line that a person names takes the price of that moment", () => {
  const bench = benchWithAction();
  bench.tray({ t1: { kind: "unknown", best: [] } });
  bench.time += 10_000;
  bench.act({ do: "resolve", line: bench.line(), sku: "milk" as Sku });
  expect(prices(bench)).toEqual([99]);
});
