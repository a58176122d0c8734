import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Basket, BasketAction, Sku } from "@tillsight/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { is, maybe, scanner, shop, tillLine } from "../domain/basket/fixture.js";
import type { ObservedItem } from "../domain/basket/index.js";
import { systemClock } from "../ports/clock.js";
import type { LineSink } from "../ports/line-sink.js";
import { scratchFolder } from "./fixture.js";
import { Journal } from "./journal.js";
import { BasketKeeper } from "./keeper.js";

let folder: ReturnType<typeof scratchFolder>;
const keepers: BasketKeeper[] = [];
const errors: unknown[] = [];

async function openKeeper(
  sink: Pick<LineSink, "protocol" | "capabilities"> = { protocol: "till-line", capabilities: tillLine },
  options = {},
): Promise<{ keeper: BasketKeeper; journal: Journal }> {
  const journal = new Journal(join(folder.path, "lane.db"), { lockTimeoutMs: 50, ...options });
  const products = shop();
  const keeper = new BasketKeeper({
    journal,
    currency: "EUR",
    sink,
    product: (sku) => products.get(sku),
    clock: systemClock,
    newId: randomUUID,
    onError: (error) => errors.push(error),
  });
  keepers.push(keeper);
  await keeper.start();
  return { keeper, journal };
}

const act = (keeper: BasketKeeper, action: BasketAction, by: "shopper" | "attendant" = "shopper") =>
  keeper.act({ kind: "action", action, by });
const tray = (...items: ObservedItem[]) => ({ kind: "tray", items }) as const;
const milk = { do: "addSku", sku: "milk" as Sku, quantity: 2 } as const;

beforeEach(() => {
  folder = scratchFolder();
  errors.length = 0;
});
afterEach(async () => {
  for (const keeper of keepers.splice(0)) await keeper.stop();
  folder.remove();
});

describe("a basket that is kept", () => {
  it("is the same after a crash at any moment, with what a person chose", async () => {
    const { keeper, journal } = await openKeeper();
    const seen: Basket[] = [keeper.basket];
    keeper.onChange((basket) => seen.push(basket));
    await keeper.act(
      tray({ id: "t1", decision: is("milk") }, { id: "t2", decision: maybe("milk", "bread") }),
    );
    await act(keeper, { do: "resolve", line: keeper.basket.lines[1]?.id as never, sku: "bread" as Sku });
    await act(keeper, milk);
    await act(keeper, { do: "checkout" });
    const before = keeper.basket;
    expect(before.status).toBe("paying");
    // As a kill would: the keeper hears nothing of it.
    journal.close();
    const again = await openKeeper();
    expect(again.keeper.basket).toEqual(before);
    expect(again.keeper.basket).toEqual(seen.at(-1));
  });

  it("stores before it shows: a listener finds in the file what it is told", async () => {
    const { keeper, journal } = await openKeeper();
    const lsns: number[] = [];
    keeper.onChange(() => lsns.push(journal.lastLsn));
    await act(keeper, milk);
    await act(keeper, { do: "checkout" });
    expect(lsns).toEqual([2, 4]);
  });

  it("does one thing after the other, also when a listener asks for the next", async () => {
    const { keeper } = await openKeeper();
    const heard: number[] = [];
    let more = 3;
    keeper.onChange(() => {
      if (more-- > 0) void act(keeper, milk);
    });
    keeper.onChange((basket) => heard.push(basket.lines.length));
    await Promise.all([act(keeper, milk), act(keeper, milk)]);
    await act(keeper, { do: "callHelp" });
    await act(keeper, { do: "dismissHelp" });
    expect(heard).toEqual([1, 2, 3, 4, 5, 5, 5]);
  });

  it("refuses with a reason, and a listener that throws is not the basket's trouble", async () => {
    const { keeper } = await openKeeper();
    keeper.onChange(() => {
      throw new RangeError("a listener's own");
    });
    await expect(act(keeper, { do: "checkout" })).rejects.toMatchObject({ code: "NOT_OPEN" });
    await act(keeper, milk);
    expect(keeper.basket.lines).toHaveLength(1);
    expect(errors).toEqual([expect.any(RangeError)]);
  });

  it("finds tray items again after a restart instead of charging them twice", async () => {
    const first = await openKeeper();
    await first.keeper.act(tray({ id: "1", decision: is("milk") }, { id: "2", decision: is("bread") }));
    const lines = first.keeper.basket.lines.map((line) => line.id);
    first.journal.close();
    const { keeper } = await openKeeper();
    await keeper.act(tray({ id: "1", decision: is("bread") }, { id: "2", decision: is("milk") }));
    expect(keeper.basket.lines.map((line) => line.id)).toEqual(lines);
    expect(keeper.basket.lines.map((line) => line.trayItemId)).toEqual(["2", "1"]);
  });
});

describe("a journal that cannot take more", () => {
  it("stops selling with a notice, changes nothing, and goes on when there is room", async () => {
    const { keeper, journal } = await openKeeper(undefined, { maxPages: 40 });
    let before = keeper.basket;
    const full = async () => {
      for (let i = 0; i < 1_000; i++) {
        before = keeper.basket;
        await act(keeper, milk);
      }
    };
    await expect(full()).rejects.toMatchObject({ code: "JOURNAL_FULL" });
    expect(keeper.basket).toEqual(before);
    expect(keeper.notices()[0]).toMatchObject({ code: "JOURNAL_FULL", severity: "fault" });
    journal.close();
    const roomy = await openKeeper();
    expect(roomy.keeper.basket).toEqual(before);
    await act(roomy.keeper, milk);
    expect(roomy.keeper.notices()).toEqual([]);
  });
});

describe("the queue to the till", () => {
  it("gives out the oldest message, marked, and holds everything behind a doubt", async () => {
    const { keeper } = await openKeeper({ protocol: "scanner", capabilities: scanner });
    await act(keeper, milk);
    await act(keeper, { do: "checkout" });
    expect(keeper.waiting()).toBe(2);
    const first = await keeper.take();
    expect(first).toMatchObject({ sequence: 1, attempts: 1, found: false, message: { quantity: 1 } });
    await expect(act(keeper, { do: "cancel" })).rejects.toMatchObject({ code: "TILL_BUSY" });
    await keeper.finish(first?.message.messageId ?? "", { kind: "inDoubt", reason: "cable" });
    expect(await keeper.take()).toBeUndefined();
    expect(keeper.waiting()).toBe(1);
    const line = keeper.basket.lines[0]?.id as never;
    await act(keeper, { do: "settleDoubt", line, onTill: true }, "attendant");
    expect(await keeper.take()).toMatchObject({ sequence: 2 });
  });

  it("finds a half-sent message again, with its number", async () => {
    const first = await openKeeper();
    await act(first.keeper, milk);
    await act(first.keeper, { do: "checkout" });
    const job = await first.keeper.take();
    first.journal.close();
    const { keeper } = await openKeeper();
    expect(await keeper.take()).toEqual({ ...job, found: true });
  });

  it("asks about messages that were meant for another protocol, and plans them anew", async () => {
    const first = await openKeeper();
    await act(first.keeper, milk);
    await act(first.keeper, { do: "addSku", sku: "bread" as Sku, quantity: 1 });
    await act(first.keeper, { do: "checkout" });
    await first.keeper.take();
    first.journal.close();
    const { keeper } = await openKeeper({ protocol: "scanner", capabilities: scanner });
    expect(keeper.basket.lines.map((line) => line.till)).toEqual(["inDoubt", "refused"]);
    const [doubted, refused] = keeper.basket.lines.map((line) => line.id);
    await act(keeper, { do: "settleDoubt", line: doubted as never, onTill: false }, "attendant");
    await act(keeper, { do: "retryLine", line: refused as never }, "attendant");
    const sent: unknown[] = [];
    for (let job = await keeper.take(); job; job = await keeper.take()) {
      sent.push(job.message.kind === "item" && [job.message.sku, job.message.quantity, job.sequence]);
      await keeper.finish(job.message.messageId, { kind: "accepted" });
    }
    expect(sent).toEqual([
      ["milk", 1, 1],
      ["milk", 1, 2],
      ["bread", 1, 3],
    ]);
    expect(keeper.basket.status).toBe("done");
  });
});

it("refuses a journal whose events do not follow from each other", async () => {
  const journal = new Journal(join(folder.path, "lane.db"));
  journal.open();
  journal.append({ events: [{ at: 1, transactionId: null, body: { type: "checkoutStarted" } }] });
  journal.close();
  await expect(openKeeper()).rejects.toMatchObject({ code: "JOURNAL_DAMAGED" });
});
