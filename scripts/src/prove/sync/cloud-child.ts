import { type CloudSync, startCloudSync } from "@tillsight/cloud-sync";
import { money } from "@tillsight/contracts";
import { createRandom, type Random } from "../../virtual/random.js";
import { serve } from "./child.js";
import { embedderId, productOf, skuOf, vectorOf } from "./goods.js";
import { store } from "./headquarters.js";

export interface CloudStart {
  readonly dataDir: string;
  readonly brokerUrl: string;
  readonly databaseUrl?: string;
  readonly seed: number;
  readonly size: number;
  readonly products: number;
}

export interface CloudState {
  readonly lsn: number;
  readonly stateHash: string;
  readonly rows: number;
  readonly publicKey: string;
}

let cloud: CloudSync | undefined;
let changing = true;
let idle: Promise<void> = Promise.resolve();

async function start({ seed, size, products, ...options }: CloudStart): Promise<string> {
  const random = createRandom(seed);
  cloud = await startCloudSync({
    ...options,
    store,
    embedderId,
  });
  idle = change(cloud, random, size, products);
  return cloud.publicKey;
}

/** Changes without a break, several at once now and then, until it is told to rest. */
async function change({ catalog }: CloudSync, random: Random, size: number, products: number): Promise<void> {
  while (changing) {
    const sku = skuOf(random.int(0, products - 1));
    const dice = random.next();
    if (dice < 0.6 && (await catalog.product(sku))) {
      await catalog.setPrice(sku, money(random.int(1, 99_999), "EUR"), "proof");
    } else if (dice < 0.9) {
      const i = Number(sku.slice(4));
      await catalog.putProduct(productOf(i, random.int(1, 9999)), "proof");
      const id = `${sku}-${random.int(0, 5)}-${random.int(0, 1e9)}`;
      await catalog.addReferences(sku, [{ id, vector: vectorOf(random, size) }], "proof");
    } else if (await catalog.product(sku)) {
      await catalog.removeProduct(sku, "proof");
    }
    await new Promise((resolve) => setTimeout(resolve, random.int(0, 15)));
  }
}

async function state(): Promise<CloudState | null> {
  if (!cloud) return null;
  const { lsn } = await cloud.catalog.state();
  const known = await cloud.publisher.ledger.state(store);
  const stateHash = Buffer.from(known?.stateHash ?? []).toString("hex");
  return { lsn: known?.lsn ?? lsn, stateHash, rows: known?.rows ?? 0, publicKey: cloud.publicKey };
}

serve({
  start,
  state,
  async rest() {
    changing = false;
    await idle;
    await cloud?.publisher.history(store).cut();
  },
  /** A snapshot as a lane would ask for it: a moment that is worth being killed in. */
  async snapshot() {
    await cloud?.publisher.history(store).answer({ want: "manifest" });
  },
  stop: () => cloud?.stop(),
});
