import { join } from "node:path";
import { type Detector, type Embedder, loadDetector, loadEmbedder } from "@tillsight/models";
import { Catalog } from "../catalog/index.js";
import { makeDataDir } from "../config/data-dir.js";
import type { DaemonConfig } from "../config/schema.js";

export interface Networks {
  readonly detector: Detector;
  readonly embedder: Embedder;
  close(): Promise<void>;
}

/** Both networks, verified and warm. Rejects with what `loadDetector` and `loadEmbedder` throw. */
export async function openNetworks(config: DaemonConfig): Promise<Networks> {
  const { folder, providers, threads } = config.models;
  const settings = { folder, providers, threads };
  const detector = await loadDetector(settings);
  const embedder = await loadEmbedder(settings).catch(async (error: unknown) => {
    await detector.close();
    throw error;
  });
  const close = async (): Promise<void> => {
    await detector.close();
    await embedder.close();
  };
  return { detector, embedder, close };
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
