import { type CloudSync, startCloudSync } from "@tillsight/cloud-sync";
import { money, type NodeName } from "@tillsight/contracts";
import { createRandom, type Random } from "../../virtual/random.js";
import { serve, tell } from "./child.js";
import { embedderId, productOf, skuOf } from "./goods.js";

export interface CopyStart {
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly objectStore: string;
  readonly brokerUrl: string;
  readonly signingKeyFile: string;
  readonly store: NodeName;
  readonly seed: number;
  readonly products: number;
  /** Between two changes, ms at most. */
  readonly pauseMs: number;
}

/** A change that was promised to whoever made it. */
export interface Acknowledged {
  readonly lsn: number;
  readonly key: string;
  readonly minor: number;
}

let cloud: CloudSync | undefined;
let changing = true;
let idle: Promise<void> = Promise.resolve();

async function start({ seed, products, pauseMs, ...options }: CopyStart): Promise<string> {
  cloud = await startCloudSync({ ...options, embedderId });
  idle = change(cloud, createRandom(seed), products, pauseMs);
  return cloud.publicKey;
}

/** Prices change without a break; each change is told once it is durable. */
async function change({ catalog }: CloudSync, random: Random, products: number, pauseMs: number) {
  while (changing) {
    const i = random.int(0, products - 1);
    const sku = skuOf(i);
    const minor = random.int(1, 99_999);
    const known = random.next() < 0.7 && (await catalog.product(sku));
    const { lsn, changed } = known
      ? await catalog.setPrice(sku, money(minor, "EUR"), "proof")
      : await catalog.putProduct(productOf(i, minor), "proof");
    if (changed) tell({ lsn, key: `p:${sku}`, minor } satisfies Acknowledged);
    await new Promise((resolve) => setTimeout(resolve, random.int(0, pauseMs)));
  }
}

serve({
  start,
  async rest() {
    changing = false;
    await idle;
  },
  command: ({ id, store, terminal }: { id: string; store: NodeName; terminal: NodeName }) =>
    cloud?.fleet.command({ store, terminal }, { do: "picture" }, 600, "proof", id).then(() => null),
  stop: () => cloud?.stop(),
});
