import { join } from "node:path";
import { type Catalog, CatalogFollower, openCatalog } from "@tillsight/edge-daemon";
import { parsePublicKey } from "@tillsight/sync-protocol";
import { embedderId } from "./goods.js";
import { store } from "./headquarters.js";

export interface LaneOptions {
  readonly dir: string;
  /** Numbers in a vector. */
  readonly size: number;
  readonly brokerUrl: string;
  readonly publicKey: string;
}

export interface Lane {
  readonly catalog: Catalog;
  readonly follower: CatalogFollower;
  close(): Promise<void>;
}

/** A follower of a lane's catalog that is not started yet. */
export const followerOf = (catalog: Catalog, { dir, brokerUrl, publicKey }: LaneOptions): CatalogFollower =>
  new CatalogFollower({
    ...{ catalog, store, terminal: "lane-1", brokerUrl, dir: join(dir, "snapshot") },
    trustedKeys: [parsePublicKey(publicKey)],
  });

/** Catalog and follower of a lane in this process; the follower is not started yet. */
export async function openLane(options: LaneOptions): Promise<Lane> {
  const catalog = await openCatalog({ dir: options.dir, embedderId, size: options.size });
  const follower = followerOf(catalog, options);
  return {
    ...{ catalog, follower },
    async close() {
      await follower.stop();
      await catalog.stop();
    },
  };
}
