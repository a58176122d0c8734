import { join } from "node:path";
import { type Catalog, CatalogFollower, openCatalog } from "@tillsight/edge-daemon";
import { parsePublicKey } from "@tillsight/sync-protocol";
import { createRandom } from "../../virtual/random.js";
import { serve } from "./child.js";
import { embedderId, skuOf, vectorOf } from "./goods.js";
import { store } from "./headquarters.js";

export interface LaneStart {
  readonly dir: string;
  readonly brokerUrl: string;
  readonly publicKey: string;
  readonly size: number;
  readonly terminal?: string;
  /** Looks up prices and pictures without a break, as a lane that sells does. */
  readonly sells?: boolean;
}

export interface LaneState {
  readonly lsn: number;
  readonly stateHash: string | null;
  /** Chunks of a snapshot that are here, and that there are. */
  readonly chunks: readonly [here: number, all: number];
  readonly searchable: number;
  /** Of those not yet in a graph. */
  readonly pending: number;
  /** Longest time that a sale had to wait, ms: since the start, and its 99th percentile. */
  readonly worstWaitMs: number;
  readonly waitP99Ms: number;
  readonly refusals: Readonly<Record<string, number>>;
}

let lane: { readonly catalog: Catalog; readonly follower: CatalogFollower } | undefined;
const waits: number[] = [];

async function start(options: LaneStart): Promise<void> {
  const { dir, size, brokerUrl, publicKey, terminal = "lane-1" } = options;
  const catalog = await openCatalog({ dir, embedderId, size });
  const follower = new CatalogFollower({
    ...{ catalog, brokerUrl, store, terminal, dir: join(dir, "snapshot") },
    trustedKeys: [parsePublicKey(publicKey)],
  });
  follower.start();
  lane = { catalog, follower };
  if (options.sells) void sell(catalog, size);
}

/** Every 20 ms a price and a barcode, and how late they came. */
async function sell(catalog: Catalog, size: number): Promise<void> {
  const random = createRandom(7);
  for (let i = 0; ; i++) {
    const due = performance.now() + 20;
    await new Promise((resolve) => setTimeout(resolve, 20));
    catalog.product(skuOf(random.int(0, 50_000)));
    catalog.productByBarcode("4006381333931");
    // Ten pictures a second, as one shopper's tray.
    if (i % 5 === 0) catalog.nearest(vectorOf(random, size), 4);
    waits.push(performance.now() - due);
  }
}

function state(): LaneState {
  if (!lane)
    return {
      lsn: 0,
      stateHash: null,
      chunks: [0, 0],
      searchable: 0,
      pending: 0,
      worstWaitMs: 0,
      waitP99Ms: 0,
      refusals: {},
    };
  const { catalog, follower } = lane;
  const { lsn, stateHash } = catalog.syncState;
  const { snapshotHere = 0, snapshotChunks = 0 } = follower.sync.facts;
  const sorted = waits.toSorted((a, b) => a - b);
  return {
    ...{ lsn, stateHash, chunks: [Number(snapshotHere), Number(snapshotChunks)] },
    ...{ searchable: catalog.referenceCount, pending: catalog.facts.pending ?? 0 },
    ...{
      worstWaitMs: Math.round(sorted.at(-1) ?? 0),
      waitP99Ms: Math.round(sorted[Math.floor(sorted.length * 0.99)] ?? 0),
    },
    refusals: follower.sync.refusals,
  };
}

serve({
  start,
  state,
  recount: () => lane?.catalog.recount(),
  async stop() {
    await lane?.follower.stop();
    await lane?.catalog.stop();
  },
});
