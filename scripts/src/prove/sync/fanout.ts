import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { quantile } from "../../bench/quantile.js";
import { Child, ProofProcessError } from "./child.js";
import type { Usage } from "./fanout-cloud-child.js";
import { embedderId } from "./goods.js";
import type { Arrivals, TerminalsStart } from "./terminals-child.js";

export interface FanoutOptions {
  readonly terminals: number;
  readonly rounds: number;
  readonly say?: (text: string) => void;
  readonly signal?: AbortSignal;
}

export interface FanoutReport {
  readonly terminals: number;
  readonly rounds: number;
  /** Price change at headquarters to applied, ms. */
  readonly appliedP50: number;
  readonly appliedP99: number;
  /** The same bytes through the same broker to as many clients that only receive, ms. */
  readonly bareP50: number;
  readonly bareP99: number;
  /** CPU of headquarters, broker included, for one price change, ms. */
  readonly cpuMsPerChange: number;
  readonly rssMb: number;
  /** Every terminal in one and the same state at the end. */
  readonly agree: boolean;
  readonly passed: boolean;
}

/** The budget of one price change to a thousand terminals, ms. */
const budgetMs = 2000;
/** Long enough for the head that follows a change to be out of the way. */
const quietMs = 1200;
const bareTopic = "bare";
const products = 5;

/** Rejects after a minute; the race is over then or long won. */
function tooLong(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const late = new ProofProcessError(
      "not every client was reached in a minute",
      "Is the machine very busy?",
    );
    setTimeout(() => reject(signal.aborted ? signal.reason : late), 60_000).unref();
  });
}

/** One price change after another, each told to every terminal, and the same bytes to as many bare subscribers. */
export async function proveFanout(options: FanoutOptions): Promise<FanoutReport> {
  const { terminals: count, rounds, say = () => {}, signal = new AbortController().signal } = options;
  const dir = mkdtempSync(join(tmpdir(), "tillsight-fanout-"));
  const cloud = new Child("fanout-cloud-child");
  const terminals = new Child("terminals-child");
  /** Does something that reaches every client of one kind; how long each had to wait, ms. */
  const round = async (act: () => Promise<number>): Promise<number[]> => {
    const all = new Promise<Arrivals>((resolve) => {
      terminals.onNews = (news) => resolve(news as Arrivals);
    });
    await terminals.call("expect", { count });
    const began = await act();
    const { at } = await Promise.race([all, tooLong(signal)]);
    await sleep(quietMs, undefined, { signal });
    return at.map((ms) => ms - began);
  };
  try {
    const hq = await cloud.call<{ brokerUrl: string; publicKey: string }>("start", {
      dataDir: join(dir, "cloud"),
    });
    say(`connecting ${count} terminals and ${count} bare subscribers`);
    await terminals.call("start", {
      ...hq,
      count,
      bare: count,
      bareTopic,
      embedderId,
    } satisfies TerminalsStart);
    for (let i = 0; i < products; i++) await round(() => cloud.call<number>("product", { i }));
    const applied: number[] = [];
    const bare: number[] = [];
    let cpu = 0;
    for (let i = 0; i < rounds; i++) {
      const before = await cloud.call<Usage>("usage");
      applied.push(...(await round(() => cloud.call<number>("price", { i: i % products, cents: 1000 + i }))));
      cpu += (await cloud.call<Usage>("usage")).cpuSeconds - before.cpuSeconds;
      bare.push(...(await round(() => cloud.call<number>("bare", { topic: bareTopic }))));
      if ((i + 1) % 10 === 0) say(`${i + 1} of ${rounds} price changes`);
    }
    const states = await terminals.call<string[]>("states");
    const { rssMb } = await cloud.call<Usage>("usage");
    const at = (ms: readonly number[], q: number) =>
      Math.round(
        quantile(
          ms.toSorted((a, b) => a - b),
          q,
        ),
      );
    const appliedP99 = at(applied, 0.99);
    const agree = states.length === 1;
    return {
      ...{ terminals: count, rounds, appliedP50: at(applied, 0.5), appliedP99 },
      ...{ bareP50: at(bare, 0.5), bareP99: at(bare, 0.99) },
      ...{ cpuMsPerChange: Math.round((cpu / rounds) * 1000), rssMb, agree },
      passed: agree && appliedP99 <= budgetMs,
    };
  } finally {
    await terminals.end();
    await cloud.end();
    rmSync(dir, { recursive: true, force: true });
  }
}

export function fanoutTable(r: FanoutReport): string {
  const ratio = (a: number, b: number) => (a / Math.max(1, b)).toFixed(2);
  return [
    "| | p50, ms | p99, ms |",
    "|---|---|---|",
    `| price change to applied by each of ${r.terminals} terminals, ${r.rounds} changes | ${r.appliedP50} | ${r.appliedP99} |`,
    `| the same bytes to ${r.terminals} bare subscribers of the same broker | ${r.bareP50} | ${r.bareP99} |`,
    `| ratio | ${ratio(r.appliedP50, r.bareP50)} | ${ratio(r.appliedP99, r.bareP99)} |`,
    "",
    `Headquarters with its broker: ${r.cpuMsPerChange} ms of CPU a change, ${r.rssMb} MB resident. All terminals in one state: ${r.agree ? "yes" : "NO"}.`,
  ].join("\n");
}
