import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { UpBatch, UpReceipt } from "@tillsight/contracts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Journal } from "../journal/index.js";
import { soldEvents, transactionIdOf } from "../testing/uplink/index.js";
import { SaleCollector } from "./collector.js";
import { UpOutbox } from "./outbox.js";
import { eventRecord, recordsOf } from "./sale-of.js";
import { Sender } from "./sender.js";

let dir: string;
const opened: { close(): void }[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tillsight-uplink-"));
});
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
  rmSync(dir, { recursive: true, force: true });
});

function outbox(limitBytes = 2 ** 20, onDamage = (_: string) => {}): UpOutbox {
  const box = new UpOutbox({ file: join(dir, "outbox.db"), limitBytes, newId: randomUUID, onDamage });
  box.open();
  opened.push(box);
  return box;
}
const told = (text: string) => eventRecord(randomUUID(), 1, "test", { severity: "info", text });
const receiptFor = (batch: UpBatch, upTo = batch.records.at(-1)?.n ?? 0): UpReceipt => ({
  ...{ stream: batch.stream, outbox: batch.outbox, last: batch.records.at(-1)?.n ?? 0, upTo },
});
const numbers = (batch: UpBatch | undefined) => batch?.records.map(({ n }) => n);

describe("the outbox", () => {
  test("gives sales before events, each in order, and again until they are accepted", () => {
    const box = outbox();
    box.add([told("a"), ...recordsOf(soldEvents(1)), ...recordsOf(soldEvents(2))]);
    const sales = box.nextBatch();
    expect([sales?.stream, numbers(sales), numbers(box.nextBatch())]).toEqual(["sale", [1, 2], [1, 2]]);
    box.accept(receiptFor(sales as UpBatch));
    expect([box.nextBatch()?.stream, box.backlog.event]).toEqual(["event", 3]);
  });

  test("takes a record with the same id once", () => {
    const box = outbox();
    for (let i = 0; i < 3; i++) box.add(recordsOf(soldEvents(1)));
    expect(box.backlog).toEqual({ sale: 1, event: 1 });
  });

  test("cuts a long backlog into batches of 200 and of 256 KiB", () => {
    const box = outbox(2 ** 24);
    box.add(Array.from({ length: 450 }, () => told("x")));
    expect(numbers(box.nextBatch())).toHaveLength(200);
    const crop = {
      at: 1,
      lineItemId: null,
      decision: { kind: "unknown", best: [] },
      catalogLsn: 0,
      embedderId: "e",
    };
    const body = { ...crop, box: { x: 0, y: 0, w: 1, h: 1 }, jpeg: "A".repeat(100_000) } as never;
    const other = new UpOutbox({ file: join(dir, "crops.db"), limitBytes: 2 ** 24, newId: randomUUID });
    other.open();
    opened.push(other);
    other.add(Array.from({ length: 5 }, () => ({ stream: "crop", id: randomUUID(), at: 1, body }) as const));
    expect(numbers(other.nextBatch())).toEqual([1, 2]);
  });

  test("drops the oldest events when it is full, never a sale, and the numbers tell of it", () => {
    const box = outbox(3_000);
    box.add(Array.from({ length: 10 }, (_, i) => told(`${i}`.padEnd(300, "."))));
    expect(box.dropped.event).toBeGreaterThan(0);
    for (let n = 1; n <= 20; n++) box.add(recordsOf(soldEvents(n)));
    expect(box.backlog.sale).toBe(20);
    expect(box.usage.sale).toBeGreaterThan(3_000);
    expect(box.backlog.event ?? 0).toBe(0);
    expect(box.dropped).toMatchObject({ sale: 0, event: 30 });
  });

  test("goes back with a headquarters that lost what it had confirmed, as far as it still has the sales", () => {
    const box = outbox();
    for (let n = 1; n <= 5; n++) box.add(recordsOf(soldEvents(n)));
    const batch = box.nextBatch() as UpBatch;
    box.accept(receiptFor(batch));
    box.add(recordsOf(soldEvents(6)));
    const next = box.nextBatch() as UpBatch;
    expect([next.after, numbers(next)]).toEqual([5, [6]]);
    box.accept(receiptFor(next, 2));
    const again = box.nextBatch() as UpBatch;
    expect([again.after, numbers(again)]).toEqual([2, [3, 4, 5, 6]]);
  });

  test("that is damaged is put aside, and the journal's sales are collected again under their ids", async () => {
    const journal = new Journal(join(dir, "journal.db"));
    journal.open();
    opened.push(journal);
    for (let n = 1; n <= 12; n++) journal.append({ events: soldEvents(n) });
    const failures: unknown[] = [];
    const collect = async (box: UpOutbox) =>
      new SaleCollector({ journal, outbox: box, onDone: (e) => e && failures.push(e) }).collect();
    const first = outbox();
    await collect(first);
    await collect(first);
    expect(first.backlog.sale).toBe(12);
    first.close();
    writeFileSync(join(dir, "outbox.db"), Buffer.alloc(8192, 0x5a));
    const aside: string[] = [];
    const second = outbox(2 ** 20, (file) => aside.push(file));
    await collect(second);
    expect(second.nextBatch()?.records.map(({ id }) => id)).toEqual(
      Array.from({ length: 12 }, (_, i) => transactionIdOf(i + 1)),
    );
    expect([aside.length, failures]).toEqual([1, []]);
    expect(readdirSync(dir).some((name) => name.includes("damaged"))).toBe(true);
  });

  test("begins anew with a journal that was put aside", async () => {
    const box = outbox();
    box.add([], 5_000);
    const journal = new Journal(join(dir, "new.db"));
    journal.open();
    opened.push(journal);
    journal.append({ events: soldEvents(1) });
    await new SaleCollector({ journal, outbox: box, onDone: () => {} }).collect();
    expect(box.backlog.sale).toBe(1);
  });

  test("gives each session a higher number, above those of before its disk was wiped", () => {
    const box = outbox();
    const now = 1_750_000_000_000;
    const [a, b] = [box.nextSession(now), box.nextSession(now)];
    expect([a, b]).toEqual([1_750_000_000, 1_750_000_001]);
    expect(box.nextSession(0)).toBe(1_750_000_002);
  });
});

test("a basket that was emptied again is no sale, and nobody is told of it", () => {
  const [opening, line] = soldEvents(1);
  const at = 1_750_000_000_000;
  const emptied = {
    at,
    transactionId: transactionIdOf(1),
    body: { type: "transactionCancelled", reason: "emptied" },
  };
  expect(recordsOf([opening, line, emptied] as never)).toEqual([]);
});

describe("the sender", () => {
  function bench() {
    let time = 0;
    const sent: UpBatch[] = [];
    const box = outbox();
    const clock = { monotonic: () => time, now: () => new Date(time) };
    let up = true;
    const sender = new Sender({ outbox: box, clock, send: (batch) => up && sent.push(batch) > 0 });
    const later = (ms: number) => {
      time += ms;
      sender.step();
    };
    return { box, sender, sent, later, setUp: (on: boolean) => (up = on) };
  }

  test("waits for the receipt of one batch before the next", () => {
    const { box, sender, sent, later } = bench();
    box.add(recordsOf(soldEvents(1)));
    later(0);
    box.add(recordsOf(soldEvents(2)));
    later(4_000);
    expect(sent.map(numbers)).toEqual([[1]]);
    sender.receipt(receiptFor(sent[0] as UpBatch));
    expect(sent.map(numbers)).toEqual([[1], [2]]);
  });

  test("sends the same batch again, ever more slowly, while nobody answers", () => {
    const { box, sent, later } = bench();
    box.add(recordsOf(soldEvents(1)));
    const at: number[] = [];
    for (let second = 0; second <= 80; second++) {
      const before = sent.length;
      later(second === 0 ? 0 : 1_000);
      if (sent.length > before) at.push(second);
    }
    expect(at).toEqual([0, 5, 15, 35, 75]);
  });

  test("takes no notice of echoes: an older receipt, another outbox's, one that comes twice", () => {
    const { box, sender, sent, later } = bench();
    box.add(recordsOf(soldEvents(1)));
    later(0);
    const first = receiptFor(sent[0] as UpBatch);
    sender.receipt({ ...first, outbox: randomUUID() });
    expect(box.backlog.sale).toBe(1);
    sender.receipt(first);
    box.add(recordsOf(soldEvents(2)));
    for (let i = 0; i < 3; i++) sender.receipt(first);
    expect(sender.rewinds).toBe(0);
    expect(box.backlog.sale).toBe(1);
  });

  test("sends at once what was on its way when the connection broke", () => {
    const { box, sender, sent, later, setUp } = bench();
    box.add(recordsOf(soldEvents(1)));
    setUp(false);
    later(0);
    expect(sent).toEqual([]);
    setUp(true);
    sender.connected();
    sender.connected();
    expect(sent.map(numbers)).toEqual([[1], [1]]);
  });
});
