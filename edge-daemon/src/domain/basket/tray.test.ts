import type { Decision, Sku } from "@tillsight/contracts";
import { describe, expect, it } from "vitest";
import { BasketBench, conflict, is, like, maybe, unknown } from "./fixture.js";
import { needOf, viewBasket } from "./state.js";

const sku = (name: string) => name as Sku;

/** `milk` or `?milk|bread` for a choice, `?` for an unidentified line; need in brackets when it is another. */
function show(bench: BasketBench): string[] {
  return bench.state.lines.map((line) => {
    const need = needOf(line, bench.state.approvedAge);
    if (need === "choice") return `?${line.candidates.map((c) => c.sku).join("|")}`;
    if (need === "identification") return "?";
    return `${line.product?.sku}${need === "none" ? "" : ` (${need})`}`;
  });
}

describe("what one item on the tray becomes", () => {
  const cases: [string, Decision, string][] = [
    ["a match is a line that is ready", is("milk"), "milk"],
    ["goods by weight wait for the scale", is("apple"), "apple (weight)"],
    ["goods with an age limit wait for the attendant", is("beer"), "beer (ageApproval)"],
    ["an ambiguous item is a choice", maybe("milk", "bread", "beer"), "?milk|bread|beer"],
    ["a barcode against the picture is a choice between both", conflict("milk", "bread"), "?milk|bread"],
    ["an unknown item is a line all the same", unknown, "?"],
    ["a match that the catalog does not know is unidentified", is("nothing"), "?"],
    ["a product priced in another currency is unidentified", is("dollar"), "?"],
    ["one candidate left after asking the catalog is no choice", maybe("milk", "nothing"), "?"],
    ["the same candidate twice is no choice", maybe("milk", "milk"), "?"],
  ];
  it.each(cases)("%s", (_name, decision, want) => {
    const bench = new BasketBench();
    bench.tray({ t1: decision });
    expect(show(bench)).toEqual([want]);
  });
});

describe("what a later decision may do to a line", () => {
  const cases: [string, Decision[], string][] = [
    ["an unidentified item is named", [unknown, is("milk")], "milk"],
    ["a choice is settled by a match", [maybe("milk", "bread"), is("bread")], "bread"],
    ["an unidentified item becomes a choice", [unknown, maybe("milk", "bread")], "?milk|bread"],
    ["a match is not undone by a weaker look", [is("milk"), maybe("milk", "bread")], "milk"],
    ["a match is not undone by an unknown look", [is("milk"), unknown], "milk"],
    ["another match asks, and does not rename", [is("milk"), is("bread")], "?milk|bread"],
    [
      "it goes on asking when the second match is seen again",
      [is("milk"), is("bread"), is("bread")],
      "?milk|bread",
    ],
    ["a barcode against a match asks", [is("bread"), conflict("milk", "bread")], "?milk|bread"],
    ["a conflict is a person's to settle", [conflict("milk", "bread"), is("bread")], "?milk|bread"],
    ["a choice gets narrower", [maybe("milk", "bread", "beer"), maybe("beer", "milk")], "?beer|milk"],
    ["a choice does not change to and fro", [maybe("milk", "bread"), maybe("milk", "beer")], "?milk|bread"],
  ];
  it.each(cases)("%s", (_name, decisions, want) => {
    const bench = new BasketBench();
    for (const decision of decisions) bench.tray({ t1: decision });
    expect(show(bench)).toEqual([want]);
  });

  it("never overrides what a person chose", () => {
    const bench = new BasketBench();
    bench.tray({ t1: maybe("milk", "bread") });
    bench.act({ do: "resolve", line: bench.line(), sku: sku("bread") });
    for (const decision of [is("milk"), is("milk", "barcode"), conflict("milk", "beer"), unknown])
      expect(bench.tray({ t1: decision })).toEqual([]);
    expect(show(bench)).toEqual(["bread"]);
  });
});

describe("what is suggested for an unidentified item", () => {
  const cases: [string, Decision[], string[]][] = [
    ["what it is most like", [like("milk", 0.4)], ["milk"]],
    ["nothing, then something", [unknown, like("milk", 0.4)], ["milk"]],
    ["a clearly better one later", [like("milk", 0.4), like("bread", 0.6)], ["bread"]],
    ["not a near tie, which would change to and fro", [like("milk", 0.4), like("bread", 0.43)], ["milk"]],
    ["not a worse one", [like("milk", 0.4), like("bread", 0.2)], ["milk"]],
    ["nothing that the catalog does not know", [like("milk", 0.4), like("nothing", 0.9)], ["milk"]],
    ["it does not take a choice away", [maybe("milk", "bread"), like("beer", 0.9)], ["milk", "bread"]],
  ];
  it.each(cases)("%s", (_name, decisions, want) => {
    const bench = new BasketBench();
    for (const decision of decisions) bench.tray({ t1: decision });
    expect(bench.state.lines[0]?.candidates.map((c) => c.sku)).toEqual(want);
  });
});

describe("the tray and its lines", () => {
  it("makes one line an item, however often it is seen", () => {
    const bench = new BasketBench();
    expect(bench.tray({ t1: is("milk"), t2: is("milk") })).toEqual([
      "transactionOpened",
      "lineAdded",
      "lineAdded",
    ]);
    const ids = bench.state.lines.map((line) => line.id);
    for (let i = 0; i < 5; i++) expect(bench.tray({ t1: is("milk"), t2: is("milk") })).toEqual([]);
    expect(bench.state.lines.map((line) => line.id)).toEqual(ids);
    expect(viewBasket(bench.state).total.minor).toBe(238);
  });

  it("removes the line of an item that was taken away, and only that", () => {
    const bench = new BasketBench();
    bench.tray({ t1: is("milk"), t2: is("bread") });
    bench.act({ do: "addSku", sku: sku("beer"), quantity: 1 });
    bench.tray({ t2: is("bread") });
    expect(show(bench)).toEqual(["bread", "beer (ageApproval)"]);
  });

  it("freezes the price when the line is made", () => {
    const bench = new BasketBench();
    bench.tray({ t1: is("milk") });
    const milk = bench.products.get("milk");
    if (milk)
      bench.products.set("milk", { ...milk, price: { minor: 999, currency: "EUR" }, taxRateBp: 1900 });
    bench.tray({ t1: is("milk"), t2: is("milk") });
    expect(viewBasket(bench.state).lines.map((l) => [l.total.minor, l.taxRateBp])).toEqual([
      [119, 700],
      [999, 1900],
    ]);
  });

  it("changes nothing from checkout on", () => {
    const bench = new BasketBench();
    bench.tray({ t1: is("milk") });
    bench.act({ do: "checkout" });
    expect(bench.tray({})).toEqual([]);
    expect(bench.tray({ t1: is("milk"), t9: is("bread") })).toEqual([]);
    expect(show(bench)).toEqual(["milk"]);
  });

  it("forgets a shopper who took everything away again, and their age check with them", () => {
    const bench = new BasketBench();
    bench.tray({ t1: is("gin") });
    bench.act({ do: "approveAge", line: bench.line(), approved: true }, "attendant");
    expect(show(bench)).toEqual(["gin"]);
    expect(bench.tray({})).toEqual(["lineRemoved", "transactionCancelled"]);
    expect(viewBasket(bench.state)).toMatchObject({ status: "idle", transactionId: null });
    bench.tray({ t2: is("gin") });
    expect(show(bench)).toEqual(["gin (ageApproval)"]);
  });

  it("stays with a shopper who waits for help with nothing on the tray", () => {
    const bench = new BasketBench();
    bench.tray({ t1: is("milk") });
    bench.act({ do: "callHelp" });
    bench.tray({});
    expect(viewBasket(bench.state)).toMatchObject({ status: "shopping", helpWanted: true });
  });

  it("does not charge again what an attendant took out of the sale and left on the tray", () => {
    const bench = new BasketBench();
    bench.tray({ t1: is("milk"), t2: is("bread") });
    expect(bench.act({ do: "remove", line: bench.line(1) })).toBe("ITEM_ON_TRAY");
    bench.act({ do: "void", line: bench.line(1) }, "attendant");
    expect(bench.tray({ t1: is("milk"), t2: is("bread") })).toEqual([]);
    expect(bench.tray({ t1: is("milk") })).toEqual(["trayItemForgotten"]);
    bench.tray({ t1: is("milk"), t3: is("bread") });
    expect(show(bench)).toEqual(["milk", "bread"]);
  });
});

describe("the end of a sale", () => {
  function soldMilk(): BasketBench {
    const bench = new BasketBench();
    bench.tray({ t1: is("milk") });
    bench.act({ do: "checkout" });
    bench.settleAll();
    expect(bench.state.status).toBe("done");
    return bench;
  }

  it("does not charge again what still lies on the tray, under whatever id", () => {
    const bench = soldMilk();
    expect(bench.tray({ t1: is("milk"), t7: is("milk") })).toEqual([]);
    expect(bench.tray({})).toEqual(["trayCleared"]);
    expect(bench.tray({ t8: is("milk") })).toEqual(["transactionOpened", "lineAdded"]);
  });

  it("shows the finished sale for a while and then rests", () => {
    const bench = soldMilk();
    bench.tray({});
    expect(bench.tray({})).toEqual([]);
    bench.time += 6_000;
    expect(bench.tray({})).toEqual(["laneRested"]);
    expect(bench.tray({})).toEqual([]);
    expect(viewBasket(bench.state)).toMatchObject({ status: "idle", lines: [] });
  });

  it("lets the next shopper add by hand at once, still blind for the goods of the last one", () => {
    const bench = soldMilk();
    bench.act({ do: "addSku", sku: sku("bread"), quantity: 2 });
    expect(bench.tray({ t1: is("milk") })).toEqual([]);
    bench.tray({});
    bench.tray({ t2: is("milk") });
    expect(show(bench)).toEqual(["bread", "milk"]);
  });

  it("treats a cancelled sale alike", () => {
    const bench = new BasketBench();
    bench.tray({ t1: is("milk") });
    bench.act({ do: "cancel" });
    expect(bench.state.status).toBe("cancelled");
    expect(bench.tray({ t1: is("milk") })).toEqual([]);
  });
});

describe("a tracker that begins anew (restart, resume)", () => {
  it("finds the lines of what still lies there, with what a person chose", () => {
    const bench = new BasketBench();
    bench.tray({ t1: is("milk"), t2: maybe("bread", "beer"), t3: unknown, t4: is("apple") });
    bench.act({ do: "resolve", line: bench.line(1), sku: sku("bread") });
    bench.act({ do: "weigh", line: bench.line(3), grossGrams: 520 });
    const ids = bench.state.lines.map((line) => line.id);
    expect(bench.run({ kind: "trayLost" })).toEqual(["trayLost"]);
    bench.tray({ t2: is("apple"), t1: maybe("bread", "beer"), x: is("milk"), y: unknown });
    expect(bench.state.lines.map((line) => line.id)).toEqual(ids);
    expect(bench.state.lines.map((line) => line.trayItemId)).toEqual(["x", "t1", "y", "t2"]);
    expect(show(bench)).toEqual(["milk", "bread", "?", "apple"]);
    expect(bench.tray({ t2: is("apple"), t1: maybe("bread", "beer"), x: is("milk"), y: unknown })).toEqual(
      [],
    );
  });

  it("removes what was taken away in the meantime and adds what came", () => {
    const bench = new BasketBench();
    bench.tray({ t1: is("milk"), t2: is("bread") });
    bench.run({ kind: "trayLost" });
    bench.tray({ u1: is("bread"), u2: is("beer") });
    expect(show(bench)).toEqual(["bread", "beer (ageApproval)"]);
  });

  it("still leaves out what an attendant took out, though the old id is used again for another item", () => {
    const bench = new BasketBench();
    bench.tray({ t1: is("milk"), t2: is("bread") });
    bench.act({ do: "void", line: bench.line(1) }, "attendant");
    bench.run({ kind: "trayLost" });
    bench.tray({ t1: is("bread"), t2: is("milk") });
    expect(show(bench)).toEqual(["milk"]);
    bench.tray({ t2: is("milk") });
    bench.tray({ t2: is("milk"), t3: is("bread") });
    expect(show(bench)).toEqual(["milk", "bread"]);
  });

  it("keeps a suspended basket through whatever happens on the tray", () => {
    const bench = new BasketBench();
    bench.tray({ t1: is("milk"), t2: maybe("bread", "beer") });
    const before = viewBasket(bench.state);
    bench.act({ do: "suspend" }, "attendant");
    expect(bench.tray({})).toEqual([]);
    bench.act({ do: "resume" }, "attendant");
    expect(viewBasket(bench.state)).toEqual(before);
    bench.tray({ u1: maybe("bread", "beer"), u2: is("milk") });
    expect(show(bench)).toEqual(["milk", "?bread|beer"]);
  });
});
