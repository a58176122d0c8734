import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type CloudSync, startCloudSync } from "@tillsight/cloud-sync";
import { type CatalogDelta, money } from "@tillsight/contracts";
import type { Catalog } from "@tillsight/edge-daemon";
import { quantile } from "../../bench/quantile.js";
import { createRandom } from "../../virtual/random.js";
import { embedderId, productOf, skuOf } from "./goods.js";
import { store } from "./headquarters.js";
import { type Lane, openLane } from "./lane.js";
import { type Mosquitto, startMosquitto } from "./mosquitto.js";

export interface BrokerOptions {
  readonly seconds: number;
  readonly everySeconds: number;
  readonly changesPerSecond?: number;
  readonly seed?: number;
  readonly say?: (text: string) => void;
  readonly signal?: AbortSignal;
}

export interface BrokerReport {
  readonly seconds: number;
  readonly restarts: number;
  readonly changes: number;
  readonly deltas: number;
  /** LSNs between the deltas that the lane applied: none may be missing, none be covered twice. */
  readonly missed: number;
  readonly twice: number;
  /** Messages that came again and were recognised. */
  readonly replayed: number;
  readonly otherRefusals: number;
  /** From a change to the lane, ms: median and 99th percentile, outages included. */
  readonly delayP50: number;
  readonly delayP99: number;
  readonly equal: boolean;
  readonly passed: boolean;
}

const size = 32;
const products = 20;

/** What a lane applied, delta by delta. */
class Applied {
  readonly spans: (readonly [from: number, to: number])[] = [];

  note({ fromLsn, toLsn }: CatalogDelta): void {
    this.spans.push([fromLsn, toLsn]);
  }

  get missed(): number {
    return this.#between((gap) => Math.max(0, gap));
  }

  get twice(): number {
    return this.#between((gap) => Math.max(0, -gap));
  }

  #between(count: (gap: number) => number): number {
    return this.spans.reduce((sum, [from], i) => sum + count(from - (this.spans[i - 1]?.[1] ?? from)), 0);
  }
}

/** Notes which deltas a catalog applies. */
function watch(catalog: Catalog): Applied {
  const applied = new Applied();
  const apply = catalog.apply.bind(catalog);
  catalog.apply = (delta) => {
    const result = apply(delta);
    applied.note(delta);
    return result;
  };
  return applied;
}

/** How long each LSN took from headquarters to the lane, ms. */
class Delays {
  readonly #madeAt = new Map<number, number>();
  readonly #ms: number[] = [];
  #seen = 0;

  constructor(catalog: Catalog) {
    catalog.onChange((lsn) => {
      const now = performance.now();
      while (this.#seen < lsn) this.#ms.push(now - (this.#madeAt.get(++this.#seen) ?? now));
    });
  }

  made(lsn: number): void {
    this.#madeAt.set(lsn, performance.now());
  }

  at(share: number): number {
    const sorted = this.#ms.toSorted((a, b) => a - b);
    return Math.round(quantile(sorted, share));
  }
}

interface Busy extends BrokerOptions {
  readonly cloud: CloudSync;
  readonly lane: Lane;
  readonly broker: Mosquitto;
  readonly delays: Delays;
}

/** Prices change without a break while the broker ends in turn with and without a goodbye, for up to two seconds. */
async function changePrices(busy: Busy): Promise<{ restarts: number; changes: number }> {
  const { cloud, lane, broker, delays, seconds, everySeconds, changesPerSecond = 10, say, signal } = busy;
  const random = createRandom(busy.seed ?? 1);
  const began = performance.now();
  const elapsed = () => (performance.now() - began) / 1000;
  let [restarts, changes] = [0, 0];
  let restarting: Promise<void> = Promise.resolve();
  while (elapsed() < seconds) {
    const sku = skuOf(random.int(0, products - 1));
    const { lsn } = await cloud.catalog.setPrice(sku, money(++changes, "EUR"), "proof");
    delays.made(lsn);
    if (elapsed() > (restarts + 1) * everySeconds) {
      restarting = broker.restart(restarts++ % 2 === 0 ? "SIGKILL" : "SIGTERM", random.next() * 2000);
      say?.(`restart ${restarts}: ${changes} changes made, the lane has ${lane.catalog.lsn}`);
    }
    await sleep(1000 / changesPerSecond, undefined, { signal });
  }
  await restarting;
  return { restarts, changes };
}

async function report(
  { cloud, lane, delays, seconds }: Busy,
  applied: Applied,
  done: { readonly restarts: number; readonly changes: number },
): Promise<BrokerReport> {
  const { catalog, follower } = lane;
  const truth = await cloud.publisher.ledger.state(store);
  const stateHash = Buffer.from(truth?.stateHash ?? []).toString("hex");
  const equal = catalog.recount().stateHash === stateHash && catalog.syncState.stateHash === stateHash;
  const { replayed = 0, gap: _, ...others } = follower.sync.refusals;
  const otherRefusals = Object.values(others).reduce((sum, n) => sum + n, 0);
  const { missed, twice } = applied;
  return {
    ...{ seconds, ...done, deltas: applied.spans.length, missed, twice, replayed, otherRefusals },
    ...{ delayP50: delays.at(0.5), delayP99: delays.at(0.99), equal },
    passed: equal && missed + twice + otherRefusals === 0 && done.restarts > 0,
  };
}

/** A real mosquitto that forgets everything, ended again and again while prices change without a break. */
export async function proveBroker(options: BrokerOptions): Promise<BrokerReport> {
  const signal = options.signal ?? new AbortController().signal;
  const dir = mkdtempSync(join(tmpdir(), "tillsight-broker-"));
  const broker = await startMosquitto({ dir: join(dir, "mosquitto") });
  const cloud = await startCloudSync({
    dataDir: join(dir, "cloud"),
    store,
    embedderId,
    brokerUrl: broker.url,
  });
  const { publicKey } = cloud;
  const lane = await openLane({ dir: join(dir, "lane"), size, brokerUrl: broker.url, publicKey });
  try {
    const applied = watch(lane.catalog);
    const delays = new Delays(lane.catalog);
    lane.follower.start();
    for (let i = 0; i < products; i++) await cloud.catalog.putProduct(productOf(i, 100), "proof");
    const busy: Busy = { ...options, signal, cloud, lane, broker, delays };
    const done = await changePrices(busy);
    const { lsn } = await cloud.catalog.state();
    while (lane.catalog.lsn < lsn) await sleep(50, undefined, { signal });
    return await report(busy, applied, done);
  } finally {
    await lane.close();
    await cloud.stop();
    await broker.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

export function brokerTable(r: BrokerReport): string {
  return [
    "| seconds | restarts of the broker | changes | deltas applied | LSNs missed | applied twice | came again and were recognised | refused otherwise | change to lane, p50 / p99, ms | same state | |",
    "|---|---|---|---|---|---|---|---|---|---|---|",
    `| ${[r.seconds, r.restarts, r.changes, r.deltas, r.missed, r.twice, r.replayed, r.otherRefusals, `${r.delayP50} / ${r.delayP99}`, r.equal ? "yes" : "NO", r.passed ? "passed" : "FAILED"].join(" | ")} |`,
  ].join("\n");
}
