import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startCloudSync } from "@tillsight/cloud-sync";
import { type CatalogDelta, money } from "@tillsight/contracts";
import { CatalogFollower, openCatalog } from "@tillsight/edge-daemon";
import { parsePublicKey } from "@tillsight/sync-protocol";
import { quantile } from "../../bench/quantile.js";
import { createRandom } from "../../virtual/random.js";
import { embedderId, productOf, skuOf } from "./goods.js";
import { store } from "./headquarters.js";
import { startMosquitto } from "./mosquitto.js";

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

/** A real mosquitto that forgets everything, ended again and again while prices change without a break. */
export async function proveBroker(options: BrokerOptions): Promise<BrokerReport> {
  const { seconds, everySeconds, changesPerSecond = 10, say = () => {} } = options;
  const { signal = new AbortController().signal } = options;
  const random = createRandom(options.seed ?? 1);
  const dir = mkdtempSync(join(tmpdir(), "tillsight-broker-"));
  const broker = await startMosquitto({ dir: join(dir, "mosquitto") });
  const cloud = await startCloudSync({
    ...{ dataDir: join(dir, "cloud"), store, embedderId, brokerUrl: broker.url },
  });
  const catalog = await openCatalog({ dir: join(dir, "lane"), embedderId, size });
  const applied = new Applied();
  const apply = catalog.apply.bind(catalog);
  catalog.apply = (delta) => {
    const result = apply(delta);
    applied.note(delta);
    return result;
  };
  const follower = new CatalogFollower({
    ...{ catalog, store, terminal: "lane-1", brokerUrl: broker.url, dir: join(dir, "lane", "snapshot") },
    trustedKeys: [parsePublicKey(cloud.publicKey)],
  });
  const madeAt = new Map<number, number>();
  const delays: number[] = [];
  let seen = 0;
  catalog.onChange((lsn) => {
    for (seen++; seen <= lsn; seen++)
      delays.push(performance.now() - (madeAt.get(seen) ?? performance.now()));
    seen = lsn;
  });
  try {
    follower.start();
    for (let i = 0; i < 20; i++) await cloud.catalog.putProduct(productOf(i, 100), "proof");
    const began = performance.now();
    const elapsed = () => (performance.now() - began) / 1000;
    let [restarts, changes] = [0, 0];
    let restarting: Promise<void> = Promise.resolve();
    while (elapsed() < seconds) {
      const { lsn } = await cloud.catalog.setPrice(
        ...([skuOf(random.int(0, 19)), money(++changes, "EUR"), "proof"] as const),
      );
      madeAt.set(lsn, performance.now());
      if (elapsed() > (restarts + 1) * everySeconds) {
        // In turn with and without a goodbye, away for up to two seconds.
        restarting = broker.restart(restarts++ % 2 === 0 ? "SIGKILL" : "SIGTERM", random.next() * 2000);
        say(`restart ${restarts}: ${changes} changes made, the lane has ${catalog.lsn}`);
      }
      await sleep(1000 / changesPerSecond, undefined, { signal });
    }
    await restarting;
    const { lsn } = await cloud.catalog.state();
    while (catalog.lsn < lsn) await sleep(50, undefined, { signal });
    const truth = await cloud.publisher.ledger.state(store);
    const stateHash = Buffer.from(truth?.stateHash ?? []).toString("hex");
    const equal = catalog.recount().stateHash === stateHash && catalog.syncState.stateHash === stateHash;
    const { replayed = 0, gap = 0, ...others } = follower.sync.refusals;
    const otherRefusals = Object.values(others).reduce((sum, n) => sum + n, 0);
    const sorted = delays.toSorted((a, b) => a - b);
    const { missed, twice } = applied;
    say(`${gap} deltas came before one that was missing, and were asked for again`);
    return {
      ...{ seconds, restarts, changes, deltas: applied.spans.length, missed, twice, replayed, otherRefusals },
      ...{ delayP50: Math.round(quantile(sorted, 0.5)), delayP99: Math.round(quantile(sorted, 0.99)), equal },
      passed: equal && missed + twice + otherRefusals === 0 && restarts > 0,
    };
  } finally {
    await follower.stop();
    await catalog.stop();
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
