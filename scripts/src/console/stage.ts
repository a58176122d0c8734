import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CloudSync, photoReader, startCloudSync } from "@tillsight/cloud-sync";
import { type NodeName, NodeName as NodeNames } from "@tillsight/contracts";
import { CatalogFollower, openCatalog, openNetworks, parseConfig } from "@tillsight/edge-daemon";
import { parsePublicKey } from "@tillsight/sync-protocol";
import sharp from "sharp";
import { type LaneEndOptions, openLaneEnd } from "../fleet/bench-fleet.js";
import { Undo } from "../lane/undo.js";
import { referencePhotos } from "../virtual/reference-photos.js";
import type { DemoProduct } from "../virtual/store.js";

/** Headquarters with real networks, and lanes that follow it: everything that the console shows but a browser. */
export interface ConsoleStage {
  readonly cloud: CloudSync;
  readonly dir: string;
  /** A lane with a real follower of the catalog and a real uplink, whose basket stays empty. */
  openLane(store: string, terminal: string, options?: Partial<LaneEndOptions>): Promise<StageLane>;
  close(): Promise<void>;
}

export interface StageLane {
  /** LSN that the lane has applied. */
  lsn(): number;
  stop(): Promise<void>;
}

export async function openConsoleStage(store: NodeName): Promise<ConsoleStage> {
  const undo = new Undo();
  const dir = mkdtempSync(join(tmpdir(), "tillsight-console-"));
  undo.add(() => rmSync(dir, { recursive: true, force: true }));
  try {
    const networks = await openNetworks(parseConfig({ models: { threads: 1 } }, "the defaults"));
    undo.add(() => networks.close());
    const { detector, embedder } = networks;
    const embedderId = embedder.info.id;
    const cloud = await startCloudSync({
      ...{ dataDir: join(dir, "cloud"), store, embedderId },
      photoReader: photoReader(detector, embedder),
    });
    undo.add(() => cloud.stop());
    const lane = { dir, cloud, embedderId, size: embedder.size };
    const openLane: ConsoleStage["openLane"] = async (at, terminal, options = {}) => {
      const opened = await openStageLane(lane, at, terminal, options);
      undo.add(() => opened.stop());
      return opened;
    };
    return { cloud, dir, openLane, close: () => undo.run() };
  } catch (error) {
    await undo.run().catch(() => undefined); // the first failure is the one to report
    throw error;
  }
}

interface LaneSurroundings {
  readonly dir: string;
  readonly cloud: CloudSync;
  readonly embedderId: string;
  readonly size: number;
}

async function openStageLane(
  { dir, cloud, embedderId, size }: LaneSurroundings,
  store: string,
  terminal: string,
  options: Partial<LaneEndOptions>,
): Promise<StageLane> {
  const own = join(dir, `${store}-${terminal}`);
  mkdirSync(own, { recursive: true });
  const names = { store: NodeNames.parse(store), terminal: NodeNames.parse(terminal) };
  const catalog = await openCatalog({ dir: join(own, "catalog"), embedderId, size });
  const follower = new CatalogFollower({
    ...{ ...names, catalog, brokerUrl: cloud.brokerUrl, dir: join(own, "snapshot") },
    trustedKeys: [parsePublicKey(cloud.publicKey)],
  });
  follower.start();
  const end = openLaneEnd({
    ...{ dir: own, ...names, broker: { url: cloud.brokerUrl }, lsn: () => catalog.lsn },
    ...options,
  });
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    await end.stop();
    await follower.stop();
    await catalog.stop();
  };
  return {
    lsn: () => catalog.lsn,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

/** Photos of a product as somebody takes them, in files for a file dialog or a drag. */
export async function photoFiles(dir: string, of: DemoProduct, count: number): Promise<string[]> {
  mkdirSync(dir, { recursive: true });
  const files: string[] = [];
  for (const [i, { width, height, data }] of (await referencePhotos(of, count, 7)).entries()) {
    const file = join(dir, `${of.product.sku}_${i + 1}.jpg`);
    if (!existsSync(file))
      await sharp(data, { raw: { width, height, channels: 3 } })
        .jpeg({ quality: 92 })
        .toFile(file);
    files.push(file);
  }
  return files;
}
