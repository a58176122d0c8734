import type { Sku } from "@tillsight/contracts";
import { describe, expect, it } from "vitest";
import { BasketBench, scanner, tillLine } from "./fixture.js";
import { basketNotices } from "./notices.js";
import { tillStateOf, viewBasket } from "./state.js";

const sku = (name: string) => name as Sku;
const tills = (bench: BasketBench) => bench.state.lines.map(tillStateOf);
const notices = (bench: BasketBench) => basketNotices(bench.state, bench.capabilities).map((n) => n.code);

/** A basket that is being paid: two milk in one line, one bread. */
function paying(capabilities = tillLine): BasketBench {
  const bench = new BasketBench(capabilities);
  bench.act({ do: "addSku", sku: sku("milk"), quantity: 2 });
  bench.act({ do: "addSku", sku: sku("bread"), quantity: 1 });
  bench.act({ do: "checkout" });
  return bench;
}

describe("what goes to the till", () => {
  it("is one message a line and the total once every line is settled", () => {
    const bench = paying();
    expect(bench.messages.map((m) => m.kind)).toEqual(["item", "item"]);
    expect(bench.messages[0]).toMatchObject({ quantity: 2, total: { minor: 238 }, gtin: "4006381333931" });
    bench.till(bench.open()[0] ?? "");
    expect(tills(bench)).toEqual(["settled", "queued"]);
    bench.till(bench.open()[0] ?? "");
    expect(bench.messages.at(-1)).toMatchObject({ kind: "total", lines: 2, total: { minor: 487 } });
    expect(bench.state.status).toBe("paying");
    bench.settleAll();
    expect(bench.state.status).toBe("done");
  });

  it("is one message a piece for a till that knows no quantity, and no total", () => {
    const bench = paying(scanner);
    expect(bench.messages.map((m) => m.kind === "item" && [m.sku, m.quantity, m.total.minor])).toEqual([
      ["milk", 1, 119],
      ["milk", 1, 119],
      ["bread", 1, 249],
    ]);
    expect(new Set(bench.messages.map((m) => m.messageId)).size).toBe(3);
    bench.till(bench.open()[0] ?? "");
    expect(tills(bench)).toEqual(["queued", "queued"]);
    bench.settleAll();
    expect(tills(bench)).toEqual(["settled", "settled"]);
    expect(bench.state.status).toBe("done");
  });

  it("carries net weight and the price for it", () => {
    const bench = new BasketBench();
    bench.act({ do: "addSku", sku: sku("apple"), quantity: 1 });
    bench.act({ do: "weigh", line: bench.line(), grossGrams: 520 });
    bench.act({ do: "checkout" });
    // 500 g at 2.99 a kilogram is 149.5 cents: half up.
    expect(bench.messages[0]).toMatchObject({ grams: 500, total: { minor: 150 }, plu: "4011" });
  });

  it("is not counted twice when an answer is reported again", () => {
    const bench = paying();
    const first = bench.open()[0] ?? "";
    bench.till(first);
    expect(bench.till(first)).toEqual([]);
    expect(bench.till(first, "refused")).toEqual([]);
    expect(bench.till("00000000-0000-4000-8000-999999999999")).toEqual([]);
  });
});

describe("a till that says no, or nothing", () => {
  it("leaves a refused line to the attendant, who retries it under a new number", () => {
    const bench = paying();
    const first = bench.open()[0] ?? "";
    bench.till(first, "refused");
    bench.settleAll();
    expect(tills(bench)).toEqual(["refused", "settled"]);
    expect(notices(bench)).toEqual(["LINE_REFUSED"]);
    bench.act({ do: "retryLine", line: bench.line(0) }, "attendant");
    expect(bench.open()).toHaveLength(1);
    expect(bench.open()).not.toContain(first);
    bench.settleAll();
    expect(bench.state.status).toBe("done");
  });

  it("retries only the pieces that were refused", () => {
    const bench = paying(scanner);
    bench.till(bench.open()[1] ?? "", "refused");
    bench.settleAll();
    bench.act({ do: "retryLine", line: bench.line(0) }, "attendant");
    expect(bench.open()).toHaveLength(1);
    bench.settleAll();
    expect(bench.state.status).toBe("done");
  });

  it("asks about a line in doubt: yes settles it, no sends one piece again", () => {
    for (const onTill of [true, false]) {
      const bench = paying(scanner);
      const doubted = bench.open()[0] ?? "";
      bench.till(doubted, "inDoubt");
      bench.settleAll();
      expect(tills(bench)).toEqual(["inDoubt", "settled"]);
      expect(notices(bench)).toEqual(["LINE_IN_DOUBT"]);
      bench.act({ do: "settleDoubt", line: bench.line(0), onTill }, "attendant");
      expect(bench.open()).toHaveLength(onTill ? 0 : 1);
      expect(bench.open()).not.toContain(doubted);
      bench.settleAll();
      expect(bench.state.status).toBe("done");
    }
  });

  it("asks about the total again when the till refuses it", () => {
    const bench = paying();
    bench.till(bench.open()[0] ?? "");
    bench.till(bench.open()[0] ?? "");
    bench.till(bench.open()[0] ?? "", "refused");
    expect(notices(bench)).toEqual(["TOTAL_REFUSED"]);
    bench.act({ do: "retryTotal" }, "attendant");
    bench.settleAll();
    expect(bench.state.status).toBe("done");
  });
});

describe("voids while paying", () => {
  it("tells a till that can be told, and corrects the total", () => {
    const bench = paying();
    bench.till(bench.open()[0] ?? "");
    bench.till(bench.open()[0] ?? "");
    const total = bench.open()[0] ?? "";
    bench.act({ do: "void", line: bench.line(1) }, "attendant");
    expect(tills(bench)).toEqual(["settled", "voidQueued"]);
    expect(bench.open()).not.toContain(total);
    bench.settleAll();
    expect(tills(bench)).toEqual(["settled", "voided"]);
    expect(bench.messages.at(-1)).toMatchObject({ kind: "total", lines: 1, total: { minor: 238 } });
    expect(bench.state.status).toBe("done");
    expect(viewBasket(bench.state).total.minor).toBe(238);
  });

  it("says what to void by hand at a till that cannot be told", () => {
    const bench = paying(scanner);
    bench.till(bench.open()[0] ?? "");
    bench.act({ do: "void", line: bench.line(0) }, "attendant");
    expect(tills(bench)).toEqual(["voided", "queued"]);
    expect(basketNotices(bench.state, bench.capabilities).map((n) => n.text)).toEqual([
      "1 x milk is void here but still on the till",
    ]);
    expect(bench.open()).toHaveLength(1);
  });

  it("says the same when the till refuses the void", () => {
    const bench = paying();
    bench.till(bench.open()[0] ?? "");
    bench.act({ do: "void", line: bench.line(0) }, "attendant");
    bench.till(bench.open().at(-1) ?? "", "refused");
    expect(notices(bench)).toEqual(["VOID_AT_TILL"]);
  });

  it("cancels a transaction whose every line is void, closing the till's receipt with a total of nothing", () => {
    const bench = paying();
    bench.till(bench.open()[0] ?? "");
    bench.act({ do: "void", line: bench.line(1) }, "attendant");
    bench.act({ do: "void", line: bench.line(0) }, "attendant");
    bench.settleAll();
    expect(bench.messages.at(-1)).toMatchObject({ kind: "total", lines: 0, total: { minor: 0 } });
    expect(bench.state.status).toBe("cancelled");
  });
});

describe("cancel", () => {
  it("takes everything back while the till was told nothing", () => {
    const bench = paying();
    expect(bench.act({ do: "cancel" })).toEqual([
      "messageWithdrawn",
      "messageWithdrawn",
      "transactionCancelled",
    ]);
    expect(bench.open()).toEqual([]);
  });

  it("waits for a message that is under way", () => {
    const bench = paying();
    bench.busy.add(bench.open()[0] ?? "");
    expect(bench.act({ do: "cancel" })).toBe("TILL_BUSY");
    expect(bench.act({ do: "void", line: bench.line(0) }, "attendant")).toBe("TILL_BUSY");
    expect(bench.act({ do: "void", line: bench.line(1) }, "attendant")).toEqual([
      "messageWithdrawn",
      "lineVoided",
    ]);
  });

  it("wants each line voided that the till has, and then ends by itself", () => {
    const bench = paying();
    bench.till(bench.open()[0] ?? "");
    expect(bench.act({ do: "cancel" })).toBe("LINES_ON_TILL");
    bench.act({ do: "void", line: bench.line(0) }, "attendant");
    bench.till(bench.open().at(-1) ?? "");
    bench.act({ do: "cancel" });
    bench.settleAll();
    expect(bench.state.status).toBe("cancelled");
  });
});

describe("suspend while paying", () => {
  it("takes in what the till answers, and finishes on resume", () => {
    const bench = paying(scanner);
    bench.act({ do: "suspend" }, "attendant");
    bench.settleAll();
    expect(bench.state.status).toBe("suspended");
    expect(bench.act({ do: "resume" }, "attendant")).toEqual(["resumed", "transactionDone"]);
  });
});
