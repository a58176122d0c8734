import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "../../virtual/random.js";
import { Child } from "./child.js";
import { catalogRows, embedderId } from "./goods.js";
import { type Headquarters, openHeadquarters } from "./headquarters.js";
import type { LaneStart, LaneState } from "./lane-child.js";
import { MemoryFeed } from "./memory-feed.js";

export interface ColdOptions {
  readonly skus: number;
  readonly references: number;
  /** Numbers in a vector. */
  readonly size?: number;
  readonly breaks: number;
  readonly seed?: number;
  readonly say?: (text: string) => void;
  readonly signal?: AbortSignal;
}

export interface ColdRow {
  readonly situation: string;
  readonly rows: number;
  readonly kills: number;
  readonly cuts: number;
  /** Start of the lane to prices and state hash equal. */
  readonly seconds: number;
  /** Start of the lane to every picture searchable. */
  readonly searchableSeconds: number;
  readonly peakMb: number;
  readonly worstWaitMs: number;
  readonly waitP99Ms: number;
  readonly chunks: number;
  /** Everything that the lane received, MB. */
  readonly receivedMb: number;
  readonly equal: boolean;
}

/** Stands between lane and broker; `cut` drops every connection without a goodbye. Counts what lanes receive. */
async function openWire(brokerUrl: string) {
  const ends = new Set<Socket>();
  let bytes = 0;
  const port = Number(new URL(brokerUrl).port);
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    far.on("data", (data) => {
      bytes += data.length;
    });
    for (const [a, b] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(a);
      a.pipe(b);
      a.on("error", () => {}).on("close", () => {
        ends.delete(a);
        b.destroy();
      });
    }
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    url: `mqtt://127.0.0.1:${(server.address() as { port: number }).port}`,
    bytes: () => bytes,
    cut: () => {
      for (const end of ends) end.destroy();
    },
    close: () => {
      for (const end of ends) end.destroy();
      server.close();
    },
  };
}

interface Run {
  readonly hq: Headquarters;
  readonly dir: string;
  readonly size: number;
  readonly references: number;
  readonly breaks: number;
  readonly seed: number;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** One lane from nothing to level, broken off `breaks` times on the way. */
async function coldSync(situation: string, run: Run): Promise<ColdRow> {
  const { hq, dir, size, references, breaks, say, signal } = run;
  const random = createRandom(run.seed);
  const wire = await openWire(hq.brokerUrl);
  const want = await hq.state();
  const options: LaneStart = { dir, size, brokerUrl: wire.url, publicKey: hq.publicKey, sells: true };
  const began = performance.now();
  const seconds = () => Math.round((performance.now() - began) / 100) / 10;
  let lane = new Child("lane-child");
  let [kills, cuts, peakMb, chunks, level] = [0, 0, 0, 0, 0];
  let worst = { worstWaitMs: 0, waitP99Ms: 0 };
  // Where it is broken off: at these shares of what has to come, the last ones while it is written.
  const points = Array.from({ length: breaks }, (_, i) => (i + random.next()) / breaks);
  try {
    await lane.call("start", options);
    for (;;) {
      await sleep(breaks > 0 ? 25 : 250, undefined, { signal });
      const state = await lane.call<LaneState>("state");
      chunks = Math.max(chunks, state.chunks[1]);
      worst = {
        worstWaitMs: Math.max(worst.worstWaitMs, state.worstWaitMs),
        waitP99Ms: Math.max(worst.waitP99Ms, state.waitP99Ms),
      };
      peakMb = Math.max(peakMb, await lane.peakMb());
      const isLevel = state.stateHash === want.stateHash && state.lsn === want.lsn;
      if (isLevel && level === 0) {
        level = seconds();
        say(`${situation}: level after ${level} s`);
      }
      if (isLevel && state.searchable >= references) break;
      const share = state.chunks[1] > 0 ? state.chunks[0] / state.chunks[1] : 0;
      if (points[0] === undefined || share < points[0] || isLevel) continue;
      points.shift();
      if (random.next() < 0.5) {
        wire.cut();
        cuts++;
      } else {
        // A moment into whatever it is doing, also while it is writing.
        await sleep(random.next() * 300, undefined, { signal });
        await lane.end();
        kills++;
        lane = new Child("lane-child");
        await lane.call("start", options);
      }
      say(
        `${situation}: broken off ${kills + cuts} times, at ${state.chunks[0]} of ${state.chunks[1]} chunks`,
      );
    }
    const searchableSeconds = seconds();
    const recount = await lane.call<{ stateHash: string; rows: number }>("recount");
    return {
      ...{ situation, rows: recount.rows, kills, cuts, seconds: level, searchableSeconds, peakMb, ...worst },
      ...{ chunks, receivedMb: Math.round(wire.bytes() / 1e5) / 10 },
      equal: recount.stateHash === want.stateHash && recount.rows === want.rows,
    };
  } finally {
    await lane.end();
    wire.close();
  }
}

/**
 * A new lane fetches a whole catalog: once undisturbed, once broken off at random points, by a cut line or by
 * kill -9, and each time resumed. It sells all the while.
 */
export async function proveCold(options: ColdOptions): Promise<{ rows: ColdRow[]; passed: boolean }> {
  const { skus, references, size = 256, breaks, seed = 1, say = () => {} } = options;
  const { signal = new AbortController().signal } = options;
  const dir = mkdtempSync(join(tmpdir(), "tillsight-cold-"));
  let hq: Headquarters | undefined;
  try {
    say(`making a catalog of ${skus} SKUs with ${references} references each`);
    const feed = new MemoryFeed(embedderId, catalogRows(skus, references, size, seed));
    hq = await openHeadquarters(dir, feed);
    const run = { hq, size, references: skus * references, seed, say, signal };
    const rows = [
      await coldSync("undisturbed, snapshot made on demand", { ...run, dir: join(dir, "a"), breaks: 0 }),
      await coldSync("broken off and resumed", { ...run, dir: join(dir, "b"), breaks }),
    ];
    const passed =
      rows.every(({ equal }) => equal) && (rows[1]?.kills ?? 0) + (rows[1]?.cuts ?? 0) === breaks;
    return { rows, passed };
  } finally {
    await hq?.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

export function coldTable(rows: readonly ColdRow[]): string {
  return [
    "| | rows | kill -9 | cuts | level, s | all searchable, s | peak RSS of the lane, MB | a sale waited, p99 / worst, ms | chunks | received, MB | same state |",
    "|---|---|---|---|---|---|---|---|---|---|---|",
    ...rows.map(
      (r) =>
        `| ${[r.situation, r.rows, r.kills, r.cuts, r.seconds, r.searchableSeconds, r.peakMb, `${r.waitP99Ms} / ${r.worstWaitMs}`, r.chunks, r.receivedMb, r.equal ? "yes" : "NO"].join(" | ")} |`,
    ),
  ].join("\n");
}
