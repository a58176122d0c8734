import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openDatabase } from "../../journal/database.js";
import type { LineSink } from "../../ports/line-sink.js";
import { PosSettings } from "../../pos/settings.js";
import { openPtyPair } from "../till/pty-pair.js";
import type { TillScript } from "../till/script.js";
import { SimulatedTill } from "../till/simulated-till.js";
import { LaneProcess } from "./lane-process.js";
import { compareWithScript, type LaneDifference } from "./lane-report.js";

export interface LaneCrashOptions {
  readonly kills: number;
  readonly protocol: LineSink["protocol"];
  /** 0..1; decides when to kill. */
  readonly random?: () => number;
  readonly onKill?: (done: number) => void;
  readonly signal?: AbortSignal;
}

export interface LaneCrashReport extends LaneDifference {
  readonly protocol: LineSink["protocol"];
  readonly kills: number;
  /** Kills that came while the process was still starting. */
  readonly startKills: number;
  readonly shoppers: number;
  /** Entries in the till's log. */
  readonly booked: number;
  /** Lines that the lane had said were durable and that were gone after the kill. */
  readonly forgotten: number;
  /** Different messages that were under way when a kill came. */
  readonly halfSent: number;
  /** Different messages that were reported as in doubt. */
  readonly inDoubt: number;
  /** Half-sent messages on a line that cannot repeat safely, yet not reported: must be 0. */
  readonly unreported: number;
}

/** Tills that answer may also be slow, or let answers and messages get lost; a plain scanner hears nothing. */
const behaviour: Record<LineSink["protocol"], TillScript> = {
  "till-line": {
    loop: true,
    steps: [
      { do: "slow", ms: 15, times: 9 },
      { do: "ackLost", times: 1 },
      { do: "ack", times: 5 },
      { do: "silence", times: 1 },
    ],
  },
  "scanner-ack": {
    loop: true,
    steps: [
      { do: "slow", ms: 15, times: 9 },
      { do: "ackLost", times: 1 },
      { do: "ack", times: 5 },
      { do: "silence", times: 1 },
    ],
  },
  scanner: { loop: false, steps: [] },
};

const quick = {
  ackTimeoutMs: 120,
  busyRetryMs: 20,
  probeIntervalMs: 300,
  reopenFirstMs: 20,
  reopenMaxMs: 100,
};

/** Message ids that the journal calls half-sent, those it ever called in doubt, and how many sales are done. */
function lookInto(path: string): { sending: string[]; doubted: string[]; sold: number } {
  const db = openDatabase(path);
  const ids = (sql: string) => db.prepare<[], string>(sql).pluck().all();
  const sending = ids("SELECT message_id FROM outbox WHERE state = 'sending'");
  const doubted = ids("SELECT body ->> 'body' ->> 'messageId' FROM events WHERE type = 'tillInDoubt'");
  const sold = ids("SELECT transaction_id FROM transactions WHERE status = 'done'").length;
  db.close();
  return { sending, doubted, sold };
}

/** Lines that were said to be durable, and are not among what was found. */
function countForgotten(added: [number, number] | null, found: [number, number] | null): number {
  if (!added || !found) return 0;
  // A later shopper means that this one's sale was finished.
  return found[0] > added[0] ? 0 : found[0] === added[0] ? Math.max(0, added[1] - found[1]) : added[1];
}

/**
 * Kills a busy lane with a real serial line again and again, lets it go on, and compares the till's own durable
 * log with what was bought. The till and the cable live on; an honest attendant answers what is in doubt.
 */
export async function crashLane(options: LaneCrashOptions): Promise<LaneCrashReport> {
  const { kills, protocol, random = Math.random, onKill, signal } = options;
  const folder = await mkdtemp(join(tmpdir(), "tillsight-kill9-"));
  const pair = await openPtyPair();
  const log = join(folder, "till.jsonl");
  const settings = PosSettings.parse({ ...quick, protocol, path: pair.lane });
  const till = new SimulatedTill({
    settings: { ...settings, path: pair.till },
    log,
    script: behaviour[protocol],
  });
  const journal = join(folder, "lane.db");
  const life = (shoppers: number) =>
    new LaneProcess({ journal, settings, shoppers }, () => till.entries().length);
  const halfSent = new Set<string>();
  let lane: LaneProcess | null = null;
  let added: [number, number] | null = null;
  let forgotten = 0;
  let startKills = 0;
  try {
    await till.start();
    for (let kill = 1; kill <= kills; kill++) {
      signal?.throwIfAborted();
      lane = life(Number.MAX_SAFE_INTEGER);
      // One in six while it is still starting: recovery can be killed too.
      if (random() < 1 / 6) await sleep(random() * 500);
      else await lane.ready().then(() => sleep(random() * 700));
      await lane.kill();
      forgotten += countForgotten(added, lane.found);
      added = lane.added ?? lane.found ?? added;
      if (!lane.found) startKills++;
      for (const id of lookInto(journal).sending) halfSent.add(id);
      onKill?.(kill);
    }
    // The last life serves this shopper and one more, and ends in peace.
    const shoppers = lookInto(journal).sold + 2;
    lane = life(shoppers);
    await lane.ended();
    forgotten += countForgotten(added, lane.found);
    await till.stop();
    const doubted = new Set(lookInto(journal).doubted);
    const safe = protocol !== "scanner";
    return {
      protocol,
      kills,
      startKills,
      shoppers,
      booked: till.entries().length,
      forgotten,
      halfSent: halfSent.size,
      inDoubt: doubted.size,
      unreported: safe ? 0 : [...halfSent].filter((id) => !doubted.has(id)).length,
      ...compareWithScript(till.entries(), shoppers),
    };
  } finally {
    await lane?.kill();
    await till.stop();
    await pair.close();
    await rm(folder, { recursive: true, force: true });
  }
}
