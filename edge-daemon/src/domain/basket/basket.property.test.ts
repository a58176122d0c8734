import { Basket, type BasketAction, type Decision, type LineItemId, type Sku } from "@tillsight/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BasketEvent } from "./events.js";
import { replay } from "./evolve.js";
import { BasketBench, conflict, is, maybe, scanner, tillLine, unknown } from "./fixture.js";
import { needOf, tillStateOf, viewBasket } from "./state.js";

const decision: fc.Arbitrary<Decision> = fc.constantFrom(
  is("milk"),
  is("bread", "barcode"),
  is("apple"),
  is("beer"),
  is("dollar"),
  maybe("milk", "bread"),
  maybe("milk", "bread", "beer"),
  conflict("milk", "gin"),
  unknown,
);
const sku = fc.constantFrom("milk", "bread", "apple", "gin", "nothing").map((s) => s as Sku);
const n = fc.nat(5);

/** An action for the n-th line, if there is one. */
type Act = (line: LineItemId) => BasketAction;
const lineAct: fc.Arbitrary<Act> = fc.oneof(
  fc.tuple(sku).map(
    ([s]): Act =>
      (line) => ({ do: "resolve", line, sku: s }),
  ),
  fc.integer({ min: 1, max: 5 }).map(
    (quantity): Act =>
      (line) => ({ do: "setQuantity", line, quantity }),
  ),
  fc.integer({ min: 1, max: 3000 }).map(
    (grossGrams): Act =>
      (line) => ({ do: "weigh", line, grossGrams }),
  ),
  fc.constantFrom<Act>(
    (line) => ({ do: "remove", line }),
    (line) => ({ do: "void", line }),
    (line) => ({ do: "retryLine", line }),
  ),
  fc.boolean().map(
    (approved): Act =>
      (line) => ({ do: "approveAge", line, approved }),
  ),
  fc.boolean().map(
    (onTill): Act =>
      (line) => ({ do: "settleDoubt", line, onTill }),
  ),
);
const wholeAct: fc.Arbitrary<BasketAction> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<BasketAction>({ do: "checkout" }) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<BasketAction>(
      { do: "callHelp" },
      { do: "dismissHelp" },
      { do: "cancel" },
      { do: "retryTotal" },
      { do: "suspend" },
      { do: "resume" },
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(sku, fc.integer({ min: 1, max: 4 })).map(([s, quantity]) => ({
      do: "addSku" as const,
      sku: s,
      quantity,
    })),
  },
);

type Step = (bench: BasketBench) => void;

/** Somebody does the sensible thing, so that sequences get on to paying and beyond. */
function getOn(bench: BasketBench, yes: boolean): void {
  const { status, lines, approvedAge } = bench.state;
  const asking = lines.find((line) => needOf(line, approvedAge) !== "none");
  const stuck = lines.find((line) => ["inDoubt", "refused"].includes(tillStateOf(line)));
  if (status === "shopping" && asking) bench.act({ do: "void", line: asking.id }, "attendant");
  else if (status === "shopping") bench.act({ do: "checkout" });
  else if (stuck && tillStateOf(stuck) === "inDoubt")
    bench.act({ do: "settleDoubt", line: stuck.id, onTill: yes }, "attendant");
  else if (stuck) bench.act({ do: yes ? "retryLine" : "void", line: stuck.id }, "attendant");
}

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.dictionary(fc.constantFrom("t1", "t2", "t3", "t4"), decision).map(
      (tray): Step =>
        (bench) =>
          bench.tray(tray),
    ),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(lineAct, n, fc.boolean()).map(
      ([act, i, attendant]): Step =>
        (bench) => {
          const line = bench.state.lines[i];
          if (line) bench.act(act(line.id), attendant ? "attendant" : "shopper");
        },
    ),
  },
  {
    weight: 5,
    arbitrary: wholeAct.map(
      (a): Step =>
        (bench) =>
          bench.act(a),
    ),
  },
  {
    weight: 8,
    arbitrary: fc.tuple(n, fc.constantFrom("accepted", "accepted", "refused", "inDoubt")).map(
      ([i, kind]): Step =>
        (bench) => {
          const open = bench.open();
          const message = open[i % Math.max(1, open.length)];
          if (message) bench.till(message, kind as "accepted");
        },
    ),
  },
  {
    weight: 6,
    arbitrary: fc.boolean().map(
      (yes): Step =>
        (bench) =>
          getOn(bench, yes),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Step>((bench) => bench.run({ kind: "trayLost" })) },
  { weight: 1, arbitrary: fc.constant<Step>((bench) => bench.settleAll()) },
  { weight: 1, arbitrary: fc.constant<Step>((bench) => void bench.busy.add(bench.open()[0] ?? "")) },
);

/** Holds after every step; `before` is the basket one step earlier. */
function checkInvariants(bench: BasketBench, before: BasketBench["state"]): void {
  const view = Basket.parse(viewBasket(bench.state));
  const sum = view.lines.filter((l) => l.till !== "voided").reduce((s, l) => s + l.total.minor, 0);
  expect(view.total.minor).toBe(sum);
  const followed = bench.state.lines.filter((l) => l.trayItemId !== null && !l.adrift);
  expect(new Set(followed.map((l) => l.trayItemId)).size).toBe(followed.length);
  for (const old of before.lines) {
    if (tillStateOf(old) !== "settled" || before.transactionId !== bench.state.transactionId) continue;
    const now = bench.state.lines.find((l) => l.id === old.id);
    expect(["settled", "voidQueued", "voided"]).toContain(now && tillStateOf(now));
  }
  if (view.status === "done")
    expect(view.lines.every((l) => l.till === "settled" || l.till === "voided")).toBe(true);
  if (view.status === "paying") expect(view.lines.every((l) => l.need === "none")).toBe(true);
}

describe("any sequence of things that happen", () => {
  it.each([
    ["to a lane with a till that can be told everything", tillLine],
    ["to a lane that looks like a scanner", scanner],
  ])("%s keeps the basket sound, and replay gives the same basket", (_name, capabilities) => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60, size: "max" }), (steps) => {
        const bench = new BasketBench(capabilities);
        for (const run of steps) {
          const before = bench.state;
          run(bench);
          checkInvariants(bench, before);
        }
        const stored = bench.events.map((event) => BasketEvent.parse(JSON.parse(JSON.stringify(event))));
        expect(replay(stored, "EUR")).toEqual(bench.state);
        const opened = stored.findLastIndex((event) => event.body.type === "transactionOpened");
        // What the journal does at a start: only what came since the last transaction began.
        if (opened >= 0) expect(replay(stored.slice(opened), "EUR")).toEqual(bench.state);
        for (const event of stored) seen.add(event.body.type);
      }),
      { numRuns: 400 },
    );
    // The generator must reach the far corners, or this test proves little.
    for (const type of [
      "transactionDone",
      "lineVoided",
      "doubtSettled",
      "resumed",
      "trayItemRebound",
      "trayCleared",
    ])
      expect(seen).toContain(type);
  });
});
