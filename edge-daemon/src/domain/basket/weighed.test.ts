import type { Sku } from "@tillsight/contracts";
import { describe, expect, it } from "vitest";
import { BasketBench, is, maybe, scanner, tillLine } from "./fixture.js";
import { basketNotices } from "./notices.js";

const apple = "apple" as Sku;
const notices = (bench: BasketBench) => basketNotices(bench.state, bench.capabilities);

/** Apples and milk on the tray, and what may be apples. */
function shopping(capabilities = scanner): BasketBench {
  const bench = new BasketBench(capabilities);
  bench.tray({ t1: is("apple"), t2: is("milk"), t3: maybe("apple", "bread") });
  return bench;
}

describe("goods by weight at a till that cannot be told a weight", () => {
  const cases: [situation: string, ask: (bench: BasketBench) => ReturnType<BasketBench["act"]>][] = [
    ["are not added by hand", (b) => b.act({ do: "addSku", sku: apple, quantity: 1 })],
    ["are not chosen", (b) => b.act({ do: "resolve", line: b.line(2), sku: apple })],
    ["are not weighed in vain", (b) => b.act({ do: "weigh", line: b.line(0), grossGrams: 500 })],
    ["are not paid", (b) => b.act({ do: "checkout" })],
  ];
  it.each(cases)("%s", (_situation, ask) => {
    const bench = shopping();
    const before = bench.state;
    expect(ask(bench)).toBe("TILL_TAKES_NO_WEIGHT");
    expect(bench.state).toBe(before);
  });

  it("are shown to the attendant as soon as they lie on the tray, with what to do", () => {
    const [notice] = notices(shopping());
    expect(notice).toMatchObject({ code: "WEIGHT_NOT_FOR_TILL", text: expect.stringContaining("apple") });
    expect(notice?.fix).toContain("Void it here");
  });

  it("are taken out by the attendant, and the rest is paid", () => {
    const bench = shopping();
    bench.act({ do: "resolve", line: bench.line(2), sku: "bread" as Sku });
    bench.act({ do: "void", line: bench.line(0) }, "attendant");
    expect(notices(bench)).toEqual([]);
    bench.act({ do: "checkout" });
    bench.settleAll();
    expect(bench.state.status).toBe("done");
    expect(bench.messages.map((m) => m.kind === "item" && m.sku)).toEqual(["milk", "bread"]);
  });
});

it("goods by weight are nothing to tell at a till that takes weights", () => {
  const bench = shopping(tillLine);
  expect(notices(bench)).toEqual([]);
  expect(bench.act({ do: "weigh", line: bench.line(0), grossGrams: 500 })).toEqual(["lineWeighed"]);
});
