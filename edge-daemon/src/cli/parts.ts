import { join } from "node:path";
import { describeError } from "@tillsight/contracts";
import {
  type Detector,
  type Embedder,
  findPrintJudge,
  loadDetector,
  loadEmbedder,
  type NetworkInfo,
  networkId,
  type PrintJudge,
  readModel,
} from "@tillsight/models";
import { Catalog } from "../catalog/index.js";
import { makeDataDir } from "../config/data-dir.js";
import type { DaemonConfig } from "../config/schema.js";
import { DeliveredModels, type Role } from "../networks/delivered.js";
import { type Logger, silentLogger } from "../observe/logger.js";

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

export interface OpenOptions {
  /** What threads and batch suit them here, where it is not known yet; some seconds, once a machine. */
  readonly measure?: boolean;
  /** Networks of headquarters; by default those of the data folder, as a visitor sees them. */
  readonly delivered?: DeliveredModels;
  readonly log?: Logger;
}

/**
 * A network that headquarters brought, or the one before it, or the one that the lane came with: the first that loads.
 * That one did not is noted, and logged; only the last one's error is the caller's.
 */
async function openFirst<T extends { readonly info: NetworkInfo; close(): Promise<void> } | null>(
  role: Role,
  load: (folder?: string) => Promise<T>,
  { delivered, log = silentLogger }: Required<Pick<OpenOptions, "delivered">> & OpenOptions,
): Promise<T> {
  for (const id of delivered.candidates(role)) {
    delivered.trying(role, id);
    try {
      const network = await load(delivered.folder(id));
      if (network?.info.id === id) {
        delivered.worked(role, id);
        return network;
      }
      await network?.close();
      delivered.failed(role, id, "its folder holds another network");
    } catch (error) {
      delivered.failed(role, id, describeError(error));
    }
    log.error("a network of headquarters does not work here", { id, ...delivered.choice(role).failed });
  }
  return load();
}

/** Ids of the networks that the lane came with, which headquarters may wish back. */
export async function shippedNetworks({ models }: DaemonConfig): Promise<Record<Role, string | null>> {
  const idOf = async (role: Role) => {
    try {
      return networkId((await readModel(role, models.folder)).manifest);
    } catch {
      return null; // Opening it says what is wrong with it.
    }
  };
  return { detector: await idOf("detector"), print: await idOf("print") };
}

/**
 * All networks, verified and warm. Rejects with what loading one of them throws, after closing the others.
 */
export async function openNetworks(config: DaemonConfig, options: OpenOptions = {}): Promise<Networks> {
  const { measure = false, delivered = new DeliveredModels(config.dataDir, false) } = options;
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
    const by = { ...options, delivered };
    const at = (folder?: string) => (folder === undefined ? settings : { ...settings, folder });
    const detector = kept(await openFirst("detector", (folder) => loadDetector(at(folder)), by));
    const embedder = kept(await loadEmbedder(settings));
    const print = config.recognition.pictures
      ? kept(await openFirst("print", (folder) => findPrintJudge(at(folder)), by))
      : null;
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
