import { join } from "node:path";
import {
  type Detector,
  type Embedder,
  findPrintJudge,
  loadDetector,
  loadEmbedder,
  type NetworkInfo,
  type PrintJudge,
} from "@tillsight/models";
import { Catalog } from "../catalog/index.js";
import { makeDataDir } from "../config/data-dir.js";
import type { DaemonConfig } from "../config/schema.js";

export interface Networks {
  readonly detector: Detector;
  readonly embedder: Embedder;
  /** Null where it is switched off or the folder of the models has none. */
  readonly print: PrintJudge | null;
  close(): Promise<void>;
}

export const infosOf = ({ detector, embedder, print }: Omit<Networks, "close">): NetworkInfo[] => [
  detector.info,
  embedder.info,
  ...(print ? [print.info] : []),
];

/** Where what was measured of the networks on this machine is kept. */
const tuningFile = (config: DaemonConfig): string => join(config.dataDir, "tuning.json");

/**
 * All networks, verified and warm. Rejects with what loading one of them throws, after closing the others.
 * @param measure what threads and batch suit them here, where it is not known yet; some seconds, once a machine.
 */
export async function openNetworks(config: DaemonConfig, { measure = false } = {}): Promise<Networks> {
  const { folder, providers, threads, batch } = config.models;
  const tuning = { file: tuningFile(config), measure: measure && config.models.measure };
  const settings = { folder, providers, threads, batch, tuning };
  const open: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    for (const network of open.splice(0)) await network.close();
  };
  const kept = <T extends { close(): Promise<void> } | null>(network: T): T => {
    if (network) open.push(network);
    return network;
  };
  try {
    const detector = kept(await loadDetector(settings));
    const embedder = kept(await loadEmbedder(settings));
    const print = config.recognition.pictures ? kept(await findPrintJudge(settings)) : null;
    return { detector, embedder, print, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The lane's catalog for a short visit beside a running lane, which sees the change by itself. */
export async function visitCatalog(config: DaemonConfig, embedder: Embedder): Promise<Catalog> {
  makeDataDir(config.dataDir);
  const dir = join(config.dataDir, "catalog");
  const catalog = new Catalog({
    dir,
    embedderId: embedder.info.id,
    size: embedder.size,
    keepsGenerations: false,
    watchMs: 0,
  });
  return catalog.start();
}
