import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InvariantError } from "@tillsight/contracts";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { JournalError } from "./errors.js";
import { done, event, newTransaction, opened, scratchFolder, toTill } from "./fixture.js";
import { Journal } from "./journal.js";
import { JournalRetention } from "./retention.js";

let folder: ReturnType<typeof scratchFolder>;
let path: string;
const open: Journal[] = [];
function openJournal(options = {}): { journal: Journal; events: ReturnType<Journal["open"]> } {
  const journal = new Journal(path, { lockTimeoutMs: 50, ...options });
  open.push(journal);
  return { journal, events: journal.open() };
}

/** Changes the file behind the journal's back. */
function tamper(sql: string): void {
  const db = new Database(path);
  db.exec(sql);
  db.close();
}

beforeEach(() => {
  folder = scratchFolder();
  path = join(folder.path, "data", "lane.db");
});
afterEach(() => {
  for (const journal of open.splice(0)) journal.close();
  folder.remove();
});

describe("what was appended", () => {
  it("is there again after the next open, in order", () => {
    const { journal } = openJournal();
    const id = newTransaction();
    const events = [opened(id), event(id, { type: "helpCalled" }), event(id, { type: "helpDismissed" })];
    expect(journal.append({ events, outbox: [toTill(id)] })).toBe(3);
    journal.close();
    const again = openJournal();
    expect(again.events).toEqual(events);
    expect(again.journal.lastLsn).toBe(3);
    expect(again.journal.nextMessage("till/test")).toMatchObject({ state: "queued", sequence: null });
  });

  it("is read from the newest transaction on only", () => {
    const { journal } = openJournal();
    for (let i = 0; i < 3; i++) {
      const id = newTransaction();
      journal.append({ events: [opened(id), done(id)] });
    }
    const id = newTransaction();
    journal.append({ events: [opened(id)] });
    journal.append({ events: [event(id, { type: "helpCalled" })] });
    journal.close();
    expect(openJournal().events.map((e) => e.body.type)).toEqual(["transactionOpened", "helpCalled"]);
  });

  it("is all there or not at all", () => {
    const { journal } = openJournal();
    const id = newTransaction();
    const outbox = [toTill(id)];
    journal.append({ events: [opened(id)], outbox });
    // The same message id a second time breaks the append in its last step.
    expect(() => journal.append({ events: [event(id, { type: "helpCalled" })], outbox })).toThrow(
      JournalError,
    );
    expect(() => journal.append({ events: [event(id, { type: "helpCalled" }, 0.5)] })).toThrow(
      InvariantError,
    );
    expect(journal.lastLsn).toBe(1);
    expect(journal.append({ events: [event(id, { type: "helpDismissed" })] })).toBe(2);
    journal.close();
    expect(openJournal().events.map((e) => e.body.type)).toEqual(["transactionOpened", "helpDismissed"]);
  });
});

describe("the outbox", () => {
  it("numbers messages without gaps in the order of sending, though one is withdrawn", () => {
    const { journal } = openJournal();
    const id = newTransaction();
    const outbox = [toTill(id), toTill(id), toTill(id)];
    const [a, b, c] = outbox.map((m) => m.messageId) as [string, string, string];
    journal.append({ events: [opened(id)], outbox });
    expect(journal.beginSend(a).sequence).toBe(1);
    expect(journal.beginSend(a)).toMatchObject({ sequence: 1, attempts: 2 });
    journal.append({ events: [], outcomes: [{ messageId: a, state: "done", reason: null }] });
    expect(journal.beginSend(b).sequence).toBe(2);
    journal.release(b);
    journal.append({ events: [], outcomes: [{ messageId: b, state: "withdrawn", reason: null }] });
    expect(journal.nextMessage("till/test")?.messageId).toBe(c);
    expect(journal.beginSend(c).sequence).toBe(2);
  });

  it("keeps a message that was being sent, with its number, over a crash", () => {
    const { journal } = openJournal();
    const id = newTransaction();
    journal.append({ events: [opened(id)], outbox: [toTill(id)] });
    const row = journal.nextMessage("till/test");
    journal.beginSend(row?.messageId ?? "");
    journal.close();
    expect(openJournal().journal.nextMessage("till/test")).toMatchObject({ state: "sending", sequence: 1 });
  });
});

describe("a file that must not be used", () => {
  const cases: [string, () => void, string][] = [
    ["is of a newer version", () => tamper("PRAGMA user_version = 99"), "JOURNAL_NEWER"],
    ["is another program's", () => tamper("PRAGMA application_id = 1"), "JOURNAL_FOREIGN"],
    [
      "has an event that was changed",
      () => tamper("UPDATE events SET body = replace(body, 'EUR', 'USD')"),
      "JOURNAL_DAMAGED",
    ],
    ["lacks an event in the middle", () => tamper("DELETE FROM events WHERE lsn = 2"), "JOURNAL_DAMAGED"],
    [
      "has events in another's place",
      () => tamper("UPDATE events SET lsn = 9 - lsn; UPDATE events SET lsn = lsn - 5"),
      "JOURNAL_DAMAGED",
    ],
    ["has events of a newer version", () => tamper("UPDATE events SET version = 2"), "JOURNAL_DAMAGED"],
    [
      "was overwritten with something else",
      () => writeFileSync(path, "not a database at all".repeat(400)),
      "JOURNAL_DAMAGED",
    ],
    ["was cut off", () => truncateSync(path, 12_000), "JOURNAL_DAMAGED"],
  ];
  it.each(cases)("%s", (_name, spoil, code) => {
    const { journal } = openJournal();
    const id = newTransaction();
    journal.append({
      events: [opened(id), event(id, { type: "helpCalled" }), event(id, { type: "helpDismissed" })],
    });
    journal.close();
    spoil();
    expect(() => openJournal()).toThrow(expect.objectContaining({ code, fix: expect.stringMatching(/\.$/) }));
  });

  it("has a message that was changed", () => {
    const { journal } = openJournal();
    const id = newTransaction();
    journal.append({ events: [opened(id)], outbox: [toTill(id)] });
    journal.close();
    tamper("UPDATE outbox SET payload = '{}'");
    expect(() => openJournal().journal.nextMessage("till/test")).toThrow(
      expect.objectContaining({ code: "JOURNAL_DAMAGED" }),
    );
  });

  it("is a folder, or lies under a file", () => {
    path = folder.path;
    expect(() => openJournal()).toThrow(expect.objectContaining({ code: "JOURNAL_UNAVAILABLE" }));
    writeFileSync(join(folder.path, "file"), "");
    path = join(folder.path, "file", "lane.db");
    expect(() => openJournal()).toThrow(expect.objectContaining({ code: "JOURNAL_UNAVAILABLE" }));
  });

  it("is open elsewhere", () => {
    openJournal();
    expect(() => openJournal()).toThrow(expect.objectContaining({ code: "JOURNAL_LOCKED" }));
  });

  it("says that it is closed", () => {
    const { journal } = openJournal();
    journal.close();
    journal.close();
    expect(() => journal.append({ events: [] })).toThrow(expect.objectContaining({ code: "JOURNAL_CLOSED" }));
  });
});

describe("retention", () => {
  it("drops what is old in small steps, and keeps what is young, newest or unsent", () => {
    const { journal } = openJournal();
    const ids = Array.from({ length: 6 }, newTransaction);
    for (const [i, id] of ids.entries())
      journal.append({ events: [opened(id, i), done(id, i)], outbox: i === 1 ? [toTill(id)] : [] });
    const day = 86_400_000;
    const clock = { now: () => new Date(10 * day + 5), monotonic: () => 0 };
    const retention = new JournalRetention({ journal, clock, keepDays: 10, stepSize: 2, onError: () => {} });
    expect([retention.step(), retention.step(), retention.step()]).toEqual([2, 2, 0]);
    expect(journal.finishedTransactions().map((t) => t.transactionId)).toEqual([ids[1], ids[5]]);
    journal.close();
    const again = openJournal();
    expect(again.events.map((e) => e.transactionId)).toEqual([ids[5], ids[5]]);
    expect(again.journal.lastLsn).toBe(12);
  });

  it("reports trouble and goes on", () => {
    const errors: unknown[] = [];
    const journal = new Journal(path);
    const clock = { now: () => new Date(), monotonic: () => 0 };
    const retention = new JournalRetention({ journal, clock, keepDays: 1, onError: (e) => errors.push(e) });
    expect(retention.step()).toBe(0);
    expect(errors).toMatchObject([{ code: "JOURNAL_CLOSED" }]);
  });
});

describe("a journal with a long past", () => {
  it("opens reading the newest transaction only", () => {
    const { journal } = openJournal();
    const old = newTransaction();
    const filler = Array.from({ length: 50_000 }, () => event(old, { type: "helpCalled" }));
    journal.append({ events: [opened(old), ...filler, done(old)] });
    const id = newTransaction();
    journal.append({ events: [opened(id)] });
    journal.close();
    expect(openJournal().events).toHaveLength(1);
  });
});
