import { spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { JournalError, journalError } from "./errors.js";
import { event, newTransaction, opened, scratchFolder, toTill } from "./fixture.js";
import { Journal } from "./journal.js";

let folder: ReturnType<typeof scratchFolder>;
beforeEach(() => {
  folder = scratchFolder();
});
afterEach(() => folder.remove());

/** Appends until the journal refuses; gives the code, and how many appends were taken. */
function fill(journal: Journal): { code: string; taken: number } {
  const id = newTransaction();
  let taken = 0;
  try {
    for (; taken < 100_000; taken++)
      journal.append({
        events: [taken ? event(id, { type: "helpCalled" }) : opened(id)],
        outbox: [toTill(id)],
      });
    return { code: "NONE", taken };
  } catch (error) {
    return { code: error instanceof JournalError ? error.code : String(error), taken };
  }
}

describe("a disk without room", () => {
  it("refuses the append whole, keeps what was there, and goes on when there is room", () => {
    const path = join(folder.path, "lane.db");
    const small = new Journal(path, { maxPages: 40 });
    small.open();
    const { code, taken } = fill(small);
    expect(code).toBe("JOURNAL_FULL");
    expect(taken).toBeGreaterThan(10);
    expect(small.lastLsn).toBe(taken);
    expect(fill(small).code).toBe("JOURNAL_FULL");
    small.close();
    const roomy = new Journal(path);
    expect(roomy.open()).toHaveLength(taken);
    expect(roomy.outboxCounts("till/test")).toEqual({ queued: taken });
    const id = newTransaction();
    expect(roomy.append({ events: [opened(id)] })).toBe(taken + 1);
    roomy.close();
  });

  it("loses nothing that it said it had when the system cuts the file off (RLIMIT_FSIZE)", async () => {
    const child = fileURLToPath(new URL("../../dist/testing/crash/journal-child.js", import.meta.url));
    const path = join(folder.path, "lane.db");
    const run = spawn("prlimit", ["--fsize=300000", process.execPath, child, path, "0", "until-full"]);
    let said = "";
    run.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    await new Promise((resolve) => run.once("close", resolve));
    const words = said.trim().split("\n");
    expect(words.at(-1)).toMatch(/^stopped JOURNAL_(FULL|UNAVAILABLE)$/);
    const acknowledged = words.filter((word) => word.startsWith("ack ")).length;
    expect(acknowledged).toBeGreaterThan(3);
    const journal = new Journal(path);
    journal.open();
    expect(journal.finishedTransactions()).toHaveLength(acknowledged);
    journal.close();
  });
});

describe("a folder that cannot be written", () => {
  it("says so, and what to do", () => {
    const path = join(folder.path, "lane.db");
    const first = new Journal(path);
    first.open();
    first.close();
    chmodSync(path, 0o444);
    chmodSync(folder.path, 0o555);
    const root = process.getuid?.() === 0;
    // For root no permission counts: become nobody for the moment.
    if (root) {
      chownSync(folder.path, 65_534, 65_534);
      chownSync(path, 65_534, 65_534);
      process.seteuid?.(65_534);
    }
    try {
      const journal = new Journal(path);
      expect(() => journal.open()).toThrow(
        expect.objectContaining({ code: "JOURNAL_READ_ONLY", fix: expect.stringContaining("data folder") }),
      );
      const nowhere = new Journal(join(folder.path, "new", "lane.db"));
      expect(() => nowhere.open()).toThrow(expect.objectContaining({ code: "JOURNAL_READ_ONLY" }));
    } finally {
      if (root) process.seteuid?.(0);
      chmodSync(folder.path, 0o755);
    }
  });
});

describe("the names of troubles", () => {
  it.each([
    ["SQLITE_FULL", "JOURNAL_FULL"],
    ["ENOSPC", "JOURNAL_FULL"],
    ["SQLITE_BUSY_SNAPSHOT", "JOURNAL_LOCKED"],
    ["SQLITE_READONLY_DBMOVED", "JOURNAL_READ_ONLY"],
    ["EROFS", "JOURNAL_READ_ONLY"],
    ["SQLITE_CORRUPT_VTAB", "JOURNAL_DAMAGED"],
    ["SQLITE_IOERR_FSYNC", "JOURNAL_UNAVAILABLE"],
    ["ENOTDIR", "JOURNAL_UNAVAILABLE"],
  ])("%s is %s", (code, want) => {
    expect(journalError(Object.assign(new RangeError("x"), { code }), "lane.db")).toMatchObject({
      code: want,
    });
  });

  it("leaves alone what is no trouble of the disk", () => {
    const error = new RangeError("x");
    expect(journalError(error, "lane.db")).toBe(error);
  });
});

// prlimit is part of util-linux, which Debian calls essential.
it("has prlimit", () => expect(spawnSync("prlimit", ["--version"]).status).toBe(0));
