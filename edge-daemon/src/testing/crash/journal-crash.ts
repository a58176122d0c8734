import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { Journal } from "../../journal/journal.js";
import { sizeOf, transactionOf } from "./journal-entries.js";

export interface JournalCrashReport {
  readonly kills: number;
  /** Entries that the journal had said it had stored. */
  readonly acknowledged: number;
  /** Of these, how many were not there after the kill. */
  readonly lost: number;
  /** Entries of which only a part was there. */
  readonly torn: number;
}

export interface JournalCrashOptions {
  /** Folder for the journal; it must be empty. */
  readonly folder: string;
  readonly kills: number;
  /** 0..1; decides when to kill. */
  readonly random?: () => number;
  readonly onKill?: (done: number, report: JournalCrashReport) => void;
}

/** The newest entry that was acknowledged before the child was killed; null: none. */
async function appendUntilKilled(path: string, first: number, afterMs: number): Promise<number | null> {
  const script = fileURLToPath(new URL("./journal-child.js", import.meta.url));
  const child = spawn(process.execPath, [script, path, String(first)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = new Promise((resolve) => child.once("close", resolve));
  let newest: number | null = null;
  let ready = () => {};
  const started = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const lines = createInterface(child.stdout).on("line", (line) => {
    if (line === "ready") ready();
    if (line.startsWith("ack ")) newest = Number(line.slice(4));
  });
  const heard = new Promise((resolve) => lines.once("close", resolve));
  await Promise.race([started, closed]);
  await sleep(afterMs);
  child.kill("SIGKILL");
  await Promise.all([closed, heard]);
  return newest;
}

/** Looks past the journal's own code: what does the file say each entry has? */
function contents(path: string) {
  const db = new Database(path);
  const read = (sql: string) =>
    new Map(
      db
        .prepare<[], [string, number]>(sql)
        .raw()
        .all()
        .map(([id, n]) => [id, n]),
    );
  const events = read("SELECT body ->> 'transactionId', count(*) FROM events GROUP BY 1");
  const messages = read("SELECT transaction_id, count(*) FROM outbox GROUP BY 1");
  const intact = db.pragma("integrity_check", { simple: true }) === "ok";
  db.close();
  return { events, messages, intact };
}

/**
 * Kills a process that appends to a journal, again and again, and compares what it had acknowledged with what
 * is there. SIGKILL loses what the process had in memory, not what the system had: power cuts are another test.
 */
export async function crashJournal(options: JournalCrashOptions): Promise<JournalCrashReport> {
  const { folder, kills, random = Math.random, onKill } = options;
  const path = join(folder, "lane.db");
  let report: JournalCrashReport = { kills: 0, acknowledged: 0, lost: 0, torn: 0 };
  let first = 0;
  let highest = -1;
  for (let kill = 1; kill <= kills; kill++) {
    const newest = await appendUntilKilled(path, first, random() * 150);
    highest = Math.max(highest, newest ?? -1);
    // Must open as after any crash; throws when it does not.
    const journal = new Journal(path);
    journal.open();
    journal.close();
    const { events, messages, intact } = contents(path);
    let lost = 0;
    let torn = intact ? 0 : 1;
    const stored = Math.max(highest + 1, events.size, messages.size);
    for (let n = 0; n < stored; n++) {
      const has = {
        events: events.get(transactionOf(n)) ?? 0,
        messages: messages.get(transactionOf(n)) ?? 0,
      };
      const want = sizeOf(n);
      if (has.events === 0 && has.messages === 0) lost += n <= highest ? 1 : 0;
      else if (has.events !== want.events || has.messages !== want.messages) torn++;
    }
    report = { kills: kill, acknowledged: highest + 1, lost, torn };
    // An entry may have been stored though the child was killed before it could say so.
    first = events.size;
    onKill?.(kill, report);
    if (lost + torn > 0) break;
  }
  return report;
}
