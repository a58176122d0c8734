import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startBroker } from "@tillsight/cloud-sync";
import { createRandom } from "../../virtual/random.js";
import { Child, ProofProcessError } from "./child.js";
import type { CloudStart, CloudState } from "./cloud-child.js";
import type { LaneStart, LaneState } from "./lane-child.js";

export interface SyncKill9Options {
  readonly kills: number;
  readonly seed?: number;
  /** PostgreSQL instead of the embedded engine. */
  readonly databaseUrl?: string;
  readonly say?: (text: string) => void;
  readonly signal?: AbortSignal;
}

export interface SyncKill9Report {
  readonly database: string;
  readonly cloudKills: number;
  readonly laneKills: number;
  readonly lsn: number;
  readonly rows: number;
  /** Lives of the lane that were refused something that a healthy headquarters sends. */
  readonly refusals: number;
  readonly equal: boolean;
  readonly passed: boolean;
}

const size = 32;
const products = 300;

/** Headquarters and lane, each in a process of its own, killed at random points and started again. */
export async function proveSyncKill9(options: SyncKill9Options): Promise<SyncKill9Report> {
  const { kills, say = () => {}, signal = new AbortController().signal, databaseUrl } = options;
  const random = createRandom(options.seed ?? 1);
  const dir = mkdtempSync(join(tmpdir(), "tillsight-kill9-"));
  const broker = await startBroker();
  let [cloudKills, laneKills, refusals] = [0, 0, 0];
  let cloud = new Child("cloud-child");
  let lane = new Child("lane-child");
  const startCloud = () => {
    const start: CloudStart = {
      ...{ dataDir: join(dir, "cloud"), brokerUrl: broker.url, size, products },
      ...{ seed: random.int(1, 1e9), ...(databaseUrl === undefined ? {} : { databaseUrl }) },
    };
    return cloud.call<string>("start", start);
  };
  try {
    const publicKey = await startCloud();
    const start: LaneStart = { dir: join(dir, "lane"), brokerUrl: broker.url, publicKey, size };
    await lane.call("start", start);
    for (let kill = 1; kill <= kills; kill++) {
      if (random.next() < 0.5) {
        // One in five while it starts, one in five with a snapshot being made.
        const dice = random.next();
        if (dice < 0.2) void cloud.call("snapshot").catch(() => {});
        await sleep(random.next() * 800, undefined, { signal });
        await cloud.end();
        cloudKills++;
        cloud = new Child("cloud-child");
        const started = startCloud();
        if (dice < 0.8) await started;
        else started.catch(() => {});
      } else {
        const state = await lane.call<LaneState>("state").catch(() => undefined);
        refusals += odd(state);
        await sleep(random.next() * 400, undefined, { signal });
        await lane.end();
        laneKills++;
        lane = new Child("lane-child");
        const started = lane.call("start", start);
        if (random.next() < 0.8) await started;
        else started.catch(() => {});
      }
      if (kill % 10 === 0 || kill === kills) {
        const { lsn } = await lane.call<LaneState>("state");
        say(`${kill} of ${kills} kills (${cloudKills} of headquarters), the lane is at LSN ${lsn}`);
      }
    }
    return await compare();
  } finally {
    await cloud.end();
    await lane.end();
    await broker.close();
    rmSync(dir, { recursive: true, force: true });
  }

  async function compare(): Promise<SyncKill9Report> {
    let truth: CloudState | null = null;
    // The last one may still be starting.
    for (let tries = 0; truth === null && tries < 600; tries++) {
      truth = await cloud.call<CloudState | null>("state");
      if (truth === null) await sleep(100, undefined, { signal });
    }
    await cloud.call("rest");
    truth = await cloud.call<CloudState>("state");
    let state = await lane.call<LaneState>("state");
    for (const until = Date.now() + 120_000; state.stateHash !== truth.stateHash; ) {
      if (Date.now() > until)
        throw new ProofProcessError("the lane does not become level", JSON.stringify({ state, truth }));
      await sleep(100, undefined, { signal });
      state = await lane.call<LaneState>("state");
    }
    refusals += odd(state);
    const recount = await lane.call<{ stateHash: string; rows: number }>("recount");
    const equal =
      recount.stateHash === truth.stateHash && recount.rows === truth.rows && state.lsn === truth.lsn;
    const database = databaseUrl === undefined ? "PGlite" : "PostgreSQL";
    return {
      ...{ database, cloudKills, laneKills, lsn: truth.lsn, rows: truth.rows, refusals, equal },
      passed: equal && refusals === 0,
    };
  }
}

/** What comes twice or too early is to be expected of a killed sender; anything else is not. */
function odd(state: LaneState | undefined): number {
  const { replayed: _, gap: __, notAsked: ___, ...others } = state?.refusals ?? {};
  return Object.values(others).reduce((sum, n) => sum + n, 0);
}

export function syncKill9Table(rows: readonly SyncKill9Report[]): string {
  return [
    "| database | kill -9 of headquarters | of the lane | LSN | rows | refused otherwise than as a repetition or gap | same state | |",
    "|---|---|---|---|---|---|---|---|",
    ...rows.map(
      (r) =>
        `| ${[r.database, r.cloudKills, r.laneKills, r.lsn, r.rows, r.refusals, r.equal ? "yes" : "NO", r.passed ? "passed" : "FAILED"].join(" | ")} |`,
    ),
  ].join("\n");
}
