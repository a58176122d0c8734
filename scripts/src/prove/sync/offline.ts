import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type CloudSync, startCloudSync } from "@tillsight/cloud-sync";
import { money } from "@tillsight/contracts";
import { createRandom, type Random } from "../../virtual/random.js";
import { embedderId, productOf, skuOf, vectorOf } from "./goods.js";
import { store } from "./headquarters.js";
import { followerOf, openLane } from "./lane.js";

export interface OfflineOptions {
  /** Changes while the lane is away. */
  readonly changes: number;
  /** Products before; a lane with more rows than changes catches up by deltas, another by a snapshot. */
  readonly products: readonly number[];
  readonly seed?: number;
  readonly say?: (text: string) => void;
  readonly signal?: AbortSignal;
}

export interface OfflineRow {
  readonly products: number;
  readonly changes: number;
  readonly by: "deltas" | "a snapshot";
  readonly seconds: number;
  readonly lsn: number;
  readonly rows: number;
  /** What the lane keeps, what it counts again from its tables, and what headquarters says. */
  readonly equal: boolean;
}

const size = 64;

/** Products of a chain that lives: prices most of all, then new ones, pictures, and what is sold no more. */
async function change(cloud: CloudSync, random: Random, known: number[], at: number): Promise<void> {
  const { catalog } = cloud;
  const pick = () => known[random.int(0, known.length - 1)] as number;
  const dice = random.next();
  if (dice < 0.75 || known.length < 3) {
    await catalog.setPrice(skuOf(pick()), money(random.int(1, 99_999), "EUR"), "proof");
  } else if (dice < 0.85) {
    known.push(1_000_000 + at);
    await catalog.putProduct(productOf(1_000_000 + at, random.int(1, 9999)), "proof");
  } else if (dice < 0.95) {
    const picture = { id: `r-${at}`, vector: vectorOf(random, size) };
    await catalog.addReferences(skuOf(pick()), [picture], "proof");
  } else {
    const [gone] = known.splice(random.int(0, known.length - 1), 1);
    await catalog.removeProduct(skuOf(gone as number), "proof");
  }
}

async function fill(cloud: CloudSync, products: number, random: Random): Promise<number[]> {
  for (let i = 0; i < products; i++)
    await cloud.catalog.putProduct(productOf(i, random.int(1, 9999)), "proof");
  return Array.from({ length: products }, (_, i) => i);
}

async function once(products: number, options: OfflineOptions, dir: string): Promise<OfflineRow> {
  const { changes, say = () => {}, signal = new AbortController().signal } = options;
  const random = createRandom(options.seed ?? 1);
  const cloud = await startCloudSync({
    ...{ dataDir: join(dir, "cloud"), store, embedderId },
  });
  const { publicKey, brokerUrl } = cloud;
  const where = { dir: join(dir, "lane"), size, brokerUrl, publicKey };
  const { catalog } = await openLane(where);
  const follow = () => {
    const follower = followerOf(catalog, where);
    follower.start();
    return follower;
  };
  const level = async () => {
    const { lsn } = await cloud.catalog.state();
    while (catalog.lsn < lsn) await sleep(20, undefined, { signal });
  };
  try {
    say(`${products} products at headquarters, and a lane that is level`);
    const known = await fill(cloud, products, random);
    let follower = follow();
    await level();
    await follower.stop();
    const generation = catalog.lsn;
    for (let i = 0; i < changes; i++) {
      signal.throwIfAborted();
      await change(cloud, random, known, i);
      if ((i + 1) % 1000 === 0) say(`the lane is away: ${i + 1} of ${changes} changes`);
    }
    const began = performance.now();
    follower = follow();
    let snapshots = false;
    const watch = setInterval(() => {
      snapshots ||= follower.sync.facts.snapshotChunks !== undefined;
    }, 5);
    await level();
    clearInterval(watch);
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    const truth = await cloud.publisher.ledger.state(store);
    const stateHash = Buffer.from(truth?.stateHash ?? []).toString("hex");
    const counted = catalog.recount();
    const kept = catalog.syncState.stateHash;
    await follower.stop();
    return {
      ...{
        products,
        changes: (truth?.lsn ?? 0) - generation,
        by: snapshots ? "a snapshot" : "deltas",
        seconds,
      },
      ...{ lsn: catalog.lsn, rows: counted.rows },
      equal: counted.stateHash === stateHash && kept === stateHash && counted.rows === truth?.rows,
    };
  } finally {
    await catalog.stop();
    await cloud.stop();
  }
}

/** A lane misses changes and catches up: with headquarters' real catalog, by deltas and by a snapshot. */
export async function proveOffline(
  options: OfflineOptions,
): Promise<{ rows: OfflineRow[]; passed: boolean }> {
  const rows: OfflineRow[] = [];
  for (const products of options.products) {
    const dir = mkdtempSync(join(tmpdir(), "tillsight-offline-"));
    try {
      rows.push(await once(products, options, dir));
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }
  return { rows, passed: rows.every(({ equal, changes }) => equal && changes >= options.changes) };
}

export function offlineTable(rows: readonly OfflineRow[]): string {
  return [
    "| products before | changes missed | caught up by | level after, s | LSN | rows | same state, kept and counted again |",
    "|---|---|---|---|---|---|---|",
    ...rows.map(
      (r) =>
        `| ${[r.products, r.changes, r.by, r.seconds, r.lsn, r.rows, r.equal ? "yes" : "NO"].join(" | ")} |`,
    ),
  ].join("\n");
}
