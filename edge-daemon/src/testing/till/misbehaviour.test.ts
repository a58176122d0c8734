import { readFile, writeFile } from "node:fs/promises";
import { afterEach, describe, expect, it } from "vitest";
import type { z } from "zod";
import type { PosSettings } from "../../pos/settings.js";
import { openTillBench, type TillBench } from "./bench-till.js";
import { anItem, aTotal, aVoid } from "./messages.js";
import type { TillStep } from "./script.js";

type Settings = z.input<typeof PosSettings>;
const protocols = {
  line: { protocol: "till-line" },
  numbered: { protocol: "scanner-ack" },
  // Never sent again after silence, so an answer that a busy machine delays must not pass for it.
  bare: { protocol: "scanner-ack", sequence: "none", ackTimeoutMs: 1000 },
  mute: { protocol: "scanner" },
} as const satisfies Record<string, Settings>;

const never = new AbortController().signal;
let bench: TillBench;
afterEach(() => bench?.close());

async function open(settings: Settings): Promise<TillBench> {
  bench = await openTillBench(settings);
  await bench.sink.start();
  return bench;
}

type Step = z.input<typeof TillStep>;
type Row = [situation: string, on: keyof typeof protocols, steps: Step[], outcome: string, booked: number];

/** One item each; `booked` counts what the till has in the end. Three attempts, 120 ms for an answer. */
const rows: Row[] = [
  ["takes it", "line", [{ do: "ack" }], "accepted", 1],
  ["is silent twice", "line", [{ do: "silence", times: 2 }], "accepted", 1],
  ["is silent for good", "line", [{ do: "silence", times: 9 }], "inDoubt", 0],
  ["books, but its answer is lost", "line", [{ do: "ackLost" }], "accepted", 1],
  ["books, but no answer ever arrives", "line", [{ do: "ackLost", times: 9 }], "inDoubt", 1],
  ["answers rubbish", "line", [{ do: "garbage" }], "accepted", 1],
  ["answers half", "line", [{ do: "partial", bytes: 20 }], "accepted", 1],
  [
    "answers with noise around",
    "line",
    [{ do: "noise", before: "02 FF 41", after: "03 06 15" }],
    "accepted",
    1,
  ],
  ["answers after the repeat has left", "line", [{ do: "slow", ms: 170 }], "accepted", 1],
  ["is busy once", "line", [{ do: "nak", reason: "busy" }], "accepted", 1],
  ["is busy for good", "line", [{ do: "nak", reason: "busy", times: 9 }], "unsent", 0],
  ["does not know the item", "line", [{ do: "nak", reason: "unknown-item" }], "refused", 0],
  ["loses its cable in mid-frame", "line", [{ do: "unplug", afterBytes: 20, forMs: 50 }], "inDoubt", 0],
  ["takes it", "numbered", [{ do: "ack" }], "accepted", 1],
  ["is silent twice", "numbered", [{ do: "silence", times: 2 }], "accepted", 1],
  ["books, but its answer is lost", "numbered", [{ do: "ackLost" }], "accepted", 1],
  ["books, but no answer ever arrives", "numbered", [{ do: "ackLost", times: 9 }], "inDoubt", 1],
  ["answers rubbish", "numbered", [{ do: "garbage", hex: "FF 00" }], "accepted", 1],
  ["answers NAK twice", "numbered", [{ do: "nak", times: 2 }], "accepted", 1],
  ["answers NAK for good", "numbered", [{ do: "nak", times: 9 }], "refused", 0],
  ["loses its cable in mid-frame", "numbered", [{ do: "unplug", afterBytes: 5, forMs: 50 }], "inDoubt", 0],
  ["takes it", "bare", [{ do: "ack" }], "accepted", 1],
  ["answers NAK once", "bare", [{ do: "nak" }], "accepted", 1],
  ["books, but its answer is lost: never sent again", "bare", [{ do: "ackLost" }], "inDoubt", 1],
  ["is silent: never sent again", "bare", [{ do: "silence" }], "inDoubt", 0],
  ["answers rubbish: never sent again", "bare", [{ do: "garbage", hex: "FF 00" }], "inDoubt", 1],
  ["takes it", "mute", [{ do: "ack" }], "accepted", 1],
  ["does not take it: nobody can know", "mute", [{ do: "silence" }], "accepted", 0],
];

describe("a till that", () => {
  it.each(rows)("%s (%s)", async (_situation, on, steps, outcome, booked) => {
    const { sink, till } = await open(protocols[on]);
    till.play({ steps });
    expect((await sink.send(anItem(), 7, never)).kind).toBe(outcome);
    await expect.poll(() => till.entries().length).toBe(booked);
  });
});

describe("over several messages", () => {
  it("a late ACK is not taken for the next message's (numbered scans)", async () => {
    const { sink, till } = await open({ ...protocols.numbered, ackTimeoutMs: 200 });
    // Both transmissions of the first are answered late, the second one after the next message is asked for;
    // that message is never booked, so it must not be called accepted.
    till.play({
      steps: [
        { do: "slow", ms: 300 },
        { do: "slow", ms: 150 },
        { do: "silence", times: 9 },
      ],
    });
    expect((await sink.send(anItem(), 1, never)).kind).toBe("accepted");
    expect((await sink.send(anItem({ gtin: "96385074" }), 2, never)).kind).toBe("inDoubt");
    expect(till.entries()).toHaveLength(1);
  });

  it.each([["line"], ["numbered"]] as const)(
    "a repeat after a crash counts once, over a restart of the till (%s)",
    async (on) => {
      const { sink, till, booked, anotherTill } = await open(protocols[on]);
      const item = anItem();
      till.play({ steps: [{ do: "ackLost", times: 3 }] });
      expect((await sink.send(item, 41, never)).kind).toBe("inDoubt");
      expect(booked()).toHaveLength(1);
      await till.stop();
      const second = anotherTill();
      await second.start();
      expect(await sink.send(item, 41, never)).toEqual({ kind: "accepted" });
      expect((await sink.send(anItem(), 42, never)).kind).toBe("accepted");
      expect(second.entries()).toHaveLength(2);
      await second.stop();
    },
  );

  it("a scan counts again when its number is the last one's but its code is not", async () => {
    const { sink, till } = await open(protocols.numbered);
    await sink.send(anItem(), 5, never);
    expect((await sink.send(anItem({ gtin: "96385074" }), 105, never)).kind).toBe("accepted");
    expect(till.entries()).toHaveLength(2);
  });

  it("prices, voids and totals are checked and shown (till-line)", async () => {
    const { sink, till } = await open(protocols.line);
    const cola = anItem({ quantity: 2, total: { minor: 258, currency: "EUR" } });
    const kg = { transactionId: cola.transactionId, grams: 412, description: "Äpfel" };
    const apples = anItem({ ...kg, total: { minor: 82, currency: "EUR" } });
    const bread = anItem({ transactionId: cola.transactionId, description: "Brot" });
    const story = [cola, apples, bread, aVoid(bread), aTotal([cola, apples], cola.transactionId)];
    for (const [i, m] of story.entries()) expect((await sink.send(m, i + 1, never)).kind).toBe("accepted");
    const wrong = await sink.send(aTotal([cola], cola.transactionId), 6, never);
    expect(wrong).toEqual({ kind: "refused", reason: expect.stringContaining("totals-differ") });
    const again = await sink.send(aVoid(bread), 7, never);
    expect(again).toEqual({ kind: "refused", reason: expect.stringContaining("unknown-line") });
    const changed = { ...cola, description: "Cola 1 l" };
    const conflict = await sink.send(changed, 8, never);
    expect(conflict).toEqual({ kind: "refused", reason: expect.stringContaining("conflict") });
    expect(till.receipt().map((l) => `${l.text} ${l.total?.minor}`)).toEqual([
      "2 x Cola 0,33 l 258",
      "0.412 kg Äpfel 82",
      "1 x Brot 129",
      "VOID Brot -129",
      "TOTAL 2 lines 340",
    ]);
  });

  it("abort in mid-wait leaves the line usable, and the repeat counts once", async () => {
    const { sink, till } = await open(protocols.line);
    till.play({ steps: [{ do: "ackLost" }] });
    const stop = new AbortController();
    const item = anItem();
    const sending = sink.send(item, 1, stop.signal);
    await expect.poll(() => till.entries().length).toBe(1);
    const reason = new DOMException("enough");
    stop.abort(reason);
    await expect(sending).rejects.toBe(reason);
    expect((await sink.send(item, 1, never)).kind).toBe("accepted");
    expect(till.entries()).toHaveLength(1);
  });
});

describe("the till's log", () => {
  it("forgets a torn last line, whose message was never answered", async () => {
    const { sink, till, log, anotherTill } = await open(protocols.line);
    await sink.send(anItem(), 1, never);
    await till.stop();
    const whole = await readFile(log, "utf8");
    await writeFile(log, whole + whole.slice(0, 40));
    const second = anotherTill();
    await second.start();
    expect(second.entries()).toHaveLength(1);
    expect((await sink.send(anItem(), 2, never)).kind).toBe("accepted");
    await second.stop();
    expect((await readFile(log, "utf8")).trim().split("\n")).toHaveLength(2);
  });

  it("is refused with its line number when it is something else", async () => {
    const { till, log, anotherTill } = await open(protocols.line);
    await till.stop();
    await writeFile(log, "milk, eggs\n");
    await expect(anotherTill().start()).rejects.toThrow(/line 1 of the till's log/);
  });
});
