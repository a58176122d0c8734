import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startPostgres } from "@tillsight/cloud-sync";
import { quantile } from "../../bench/quantile.js";
import { store } from "../../fleet/bench-fleet.js";
import { Undo } from "../../lane/undo.js";
import { createRandom, type Random } from "../../virtual/random.js";
import { Child } from "../sync/child.js";
import type { Acknowledged, CopyStart } from "../sync/copy-child.js";
import { startMosquitto } from "../sync/mosquitto.js";
import { type CopiesReport, type Evidence, judgeCopies } from "./judge.js";
import { type CopiesLane, keepSelling, openCopiesLane } from "./lanes.js";
import { DeltaSpy } from "./spy.js";

export interface CopiesOptions {
  readonly kills: number;
  readonly seed?: number;
  readonly lanes?: number;
  /** Of a database for the proof alone; by default a server of its own. */
  readonly databaseUrl?: string;
  readonly say?: (text: string) => void;
  readonly signal?: AbortSignal;
}

const products = 200;

interface Scene {
  readonly random: Random;
  readonly copies: [Child, Child];
  readonly spy: DeltaSpy;
  readonly lanes: readonly CopiesLane[];
  readonly acknowledged: Acknowledged[];
  readonly commands: string[];
  start(which: 0 | 1): Promise<string>;
}

/**
 * Two copies of headquarters on one PostgreSQL, one mosquitto and one folder of objects, each taking changes, while
 * lanes follow, sell and get commands. Again and again one is ended with `kill -9` just as it publishes, and started
 * anew; the other goes on.
 */
export async function proveCopies(options: CopiesOptions): Promise<CopiesReport> {
  const undo = new Undo();
  try {
    return await run(options, undo);
  } finally {
    await undo.run();
  }
}

async function run(options: CopiesOptions, undo: Undo): Promise<CopiesReport> {
  const { kills, say = () => {}, signal = new AbortController().signal } = options;
  const dir = mkdtempSync(join(tmpdir(), "tillsight-copies-"));
  undo.add(() => rmSync(dir, { recursive: true, force: true }));
  const databaseUrl = options.databaseUrl ?? (await ownDatabase(undo));
  const broker = await startMosquitto({ dir: join(dir, "mosquitto") });
  undo.add(() => broker.stop());
  const scene = await open(options, dir, databaseUrl, broker.url, undo);
  const rest = new AbortController();
  const selling = Promise.all(scene.lanes.map((lane, n) => keepSelling(lane, n, rest.signal)));
  const stopSelling = () => {
    rest.abort();
    return selling;
  };
  undo.add(stopSelling);
  const gaps: number[] = [];
  for (let kill = 1; kill <= kills; kill++) {
    gaps.push(await killOne(scene, signal));
    if (kill % 5 === 0 || kill === kills)
      say(`${kill} of ${kills} kills, ${scene.acknowledged.length} changes, ${scene.spy.deltas} deltas`);
  }
  await stopSelling();
  for (const copy of scene.copies) await copy.call("rest");
  const { lanes, spy, acknowledged, commands } = scene;
  const evidence: Evidence = { databaseUrl, lanes, spy, acknowledged, commands };
  const judged = await judgeCopies(evidence, signal);
  return { kills, gapP50: quantile(gaps.toSorted(byValue), 0.5), gapMax: Math.max(...gaps), ...judged };
}

const byValue = (a: number, b: number) => a - b;

async function ownDatabase(undo: Undo): Promise<string> {
  const server = await startPostgres();
  undo.add(() => server.stop());
  return server.database();
}

async function open(
  { seed = 1, lanes: count = 3 }: CopiesOptions,
  dir: string,
  databaseUrl: string,
  brokerUrl: string,
  undo: Undo,
): Promise<Scene> {
  const random = createRandom(seed);
  const acknowledged: Acknowledged[] = [];
  const newChild = () => {
    const child = new Child("copy-child");
    child.onNews = (news) => acknowledged.push(news as Acknowledged);
    return child;
  };
  const copies: [Child, Child] = [newChild(), newChild()];
  undo.add(() => Promise.all(copies.map((copy) => copy.end())));
  const start = (which: 0 | 1) => {
    if (copies[which].gone) copies[which] = newChild();
    const input: CopyStart = {
      ...{ dataDir: join(dir, `copy-${which}`), databaseUrl, brokerUrl, store },
      ...{ objectStore: join(dir, "objects"), signingKeyFile: join(dir, "signing-key.pem") },
      ...{ seed: random.int(1, 1e9), products, pauseMs: 40 },
    };
    return copies[which].call<string>("start", input);
  };
  const [publicKey] = await Promise.all([start(0), start(1)]);
  const spy = await DeltaSpy.open(brokerUrl, store, publicKey);
  undo.add(() => spy.close());
  const lanes: CopiesLane[] = [];
  for (let n = 0; n < count; n++) lanes.push(await openCopiesLane(dir, n, brokerUrl, publicKey, undo));
  return { random, copies, spy, lanes, acknowledged, commands: [], start };
}

/** @returns how long it took from the kill to the next delta that anybody heard, ms. */
async function killOne(scene: Scene, signal: AbortSignal): Promise<number> {
  const { random, copies, spy, lanes, commands } = scene;
  const which = random.int(0, 1) as 0 | 1;
  await sleep(random.next() * 1500, undefined, { signal });
  // A command through the copy that is about to end: the other one must see it through.
  const id = randomUUID();
  const terminal = lanes[random.int(0, lanes.length - 1)]?.terminal ?? "";
  const given = await copies[which].call("command", { id, store, terminal }).then(
    () => true,
    () => false,
  );
  if (given) commands.push(id);
  // In the middle of publishing: a delta is on its way, others follow.
  await spy.next(5000);
  await sleep(random.next() * 20, undefined, { signal });
  await copies[which].end("SIGKILL");
  const killed = performance.now();
  await spy.next(60_000);
  const gap = performance.now() - killed;
  await sleep(random.next() * 2000, undefined, { signal });
  await startAgain(scene, which);
  return gap;
}

/** As systemd does it: what does not come up on a machine that is busy is tried again. */
async function startAgain({ start, copies }: Scene, which: 0 | 1): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await start(which);
      return;
    } catch (error) {
      if (tries === 5) throw error;
      await copies[which].end();
    }
  }
}
