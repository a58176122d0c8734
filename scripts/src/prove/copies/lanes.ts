import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Catalog, CatalogFollower, openCatalog } from "@tillsight/edge-daemon";
import { parsePublicKey } from "@tillsight/sync-protocol";
import { type LaneEnd, openLaneEnd, store } from "../../fleet/bench-fleet.js";
import type { Undo } from "../../lane/undo.js";
import { embedderId } from "../sync/goods.js";

/** A lane that follows the catalog, sells, and does what it is told. */
export interface CopiesLane {
  readonly terminal: string;
  readonly catalog: Catalog;
  readonly follower: CatalogFollower;
  readonly end: LaneEnd;
  /** Sales that it has made so far. */
  sold: number;
}

export async function openCopiesLane(
  dir: string,
  n: number,
  brokerUrl: string,
  publicKey: string,
  undo: Undo,
): Promise<CopiesLane> {
  const terminal = `lane-${n}`;
  const own = join(dir, terminal);
  mkdirSync(own, { recursive: true });
  const catalog = await openCatalog({ dir: join(own, "catalog"), embedderId, size: 32 });
  undo.add(() => catalog.stop());
  const follower = new CatalogFollower({
    ...{ catalog, store, terminal, brokerUrl, dir: join(own, "snapshot") },
    trustedKeys: [parsePublicKey(publicKey)],
  });
  follower.start();
  undo.add(() => follower.stop());
  const end = openLaneEnd({ dir: own, terminal, broker: { url: brokerUrl }, lsn: () => catalog.lsn });
  undo.add(() => end.stop());
  return { terminal, catalog, follower, end, sold: 0 };
}

/** Sales of lane `n` have numbers of their own. */
export const firstSale = (n: number): number => 1 + n * 1_000_000;

/** A lane sells without a break until it is told to rest. */
export async function keepSelling(lane: CopiesLane, n: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const number = firstSale(n) + lane.sold++;
    lane.end.sell(number, number);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
