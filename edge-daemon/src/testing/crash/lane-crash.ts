import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openDatabase } from "../../journal/database.js";
import type { LineSink } from "../../ports/line-sink.js";
import { PosSettings } from "../../pos/settings.js";
import { openPtyPair, type PtyPair } from "../till/pty-pair.js";
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

/** The lives and deaths of one lane; its till and cable live on. */
class CrashRun {
  readonly #options: LaneCrashOptions;
  readonly #random: () => number;
  readonly #journal: string;
  readonly #settings: PosSettings;
  readonly #till: SimulatedTill;
  readonly #halfSent = new Set<string>();
  #lane: LaneProcess | null = null;
  #added: [number, number] | null = null;
  #forgotten = 0;
  #startKills = 0;

  constructor(options: LaneCrashOptions, folder: string, pair: PtyPair) {
    const { protocol } = options;
    this.#options = options;
    this.#random = options.random ?? Math.random;
    this.#journal = join(folder, "lane.db");
    this.#settings = PosSettings.parse({ ...quick, protocol, path: pair.lane });
    this.#till = new SimulatedTill({
      settings: { ...this.#settings, path: pair.till },
      log: join(folder, "till.jsonl"),
      script: behaviour[protocol],
    });
  }

  async run(): Promise<LaneCrashReport> {
    await this.#till.start();
    for (let kill = 1; kill <= this.#options.kills; kill++) {
      this.#options.signal?.throwIfAborted();
      await this.#liveAndDie();
      this.#options.onKill?.(kill);
    }
    // The last life serves this shopper and one more, and ends in peace.
    const shoppers = lookInto(this.#journal).sold + 2;
    this.#lane = this.#begin(shoppers);
    await this.#lane.ended();
    this.#forgotten += countForgotten(this.#added, this.#lane.found);
    await this.#till.stop();
    return this.#report(shoppers);
  }

  async end(): Promise<void> {
    await this.#lane?.kill();
    await this.#till.stop();
  }

  #begin(shoppers: number): LaneProcess {
    const options = { journal: this.#journal, settings: this.#settings, shoppers };
    return new LaneProcess(options, () => this.#till.entries().length);
  }

  async #liveAndDie(): Promise<void> {
    const lane = this.#begin(Number.MAX_SAFE_INTEGER);
    this.#lane = lane;
    // One in six while it is still starting: recovery can be killed too.
    if (this.#random() < 1 / 6) await sleep(this.#random() * 500);
    else await lane.ready().then(() => sleep(this.#random() * 700));
    await lane.kill();
    this.#forgotten += countForgotten(this.#added, lane.found);
    this.#added = lane.added ?? lane.found ?? this.#added;
    if (!lane.found) this.#startKills++;
    for (const id of lookInto(this.#journal).sending) this.#halfSent.add(id);
  }

  #report(shoppers: number): LaneCrashReport {
    const { kills, protocol } = this.#options;
    const doubted = new Set(lookInto(this.#journal).doubted);
    const mustReport = protocol === "scanner" ? [...this.#halfSent] : [];
    return {
      protocol,
      kills,
      startKills: this.#startKills,
      shoppers,
      booked: this.#till.entries().length,
      forgotten: this.#forgotten,
      halfSent: this.#halfSent.size,
      inDoubt: doubted.size,
      unreported: mustReport.filter((id) => !doubted.has(id)).length,
      ...compareWithScript(this.#till.entries(), shoppers),
    };
  }
}

/**
 * Kills a busy lane with a real serial line again and again, lets it go on, and compares the till's own durable
 * log with what was bought. An honest attendant, who looks at the till, answers what is in doubt.
 */
export async function crashLane(options: LaneCrashOptions): Promise<LaneCrashReport> {
  const folder = await mkdtemp(join(tmpdir(), "tillsight-kill9-"));
  const pair = await openPtyPair();
  const run = new CrashRun(options, folder, pair);
  try {
    return await run.run();
  } finally {
    await run.end();
    await pair.close();
    await rm(folder, { recursive: true, force: true });
  }
}
