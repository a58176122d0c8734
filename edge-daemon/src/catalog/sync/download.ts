import type { SnapshotManifest } from "@tillsight/contracts";
import { ChunkDownload } from "./chunk-download.js";
import type { ChunkFiles } from "./chunk-files.js";
import type { Download } from "./follow-plan.js";

/** One snapshot on its way in. */
export class SnapshotDownload extends ChunkDownload<SnapshotManifest> implements Download {
  /** Keeps what earlier attempts, also at other snapshots, have brought. @throws CatalogFullError */
  static async begin(manifest: SnapshotManifest, files: ChunkFiles): Promise<SnapshotDownload> {
    const download = new SnapshotDownload(manifest, files, await files.have());
    await download.tidy();
    return download;
  }

  get epoch(): number {
    return this.manifest.epoch;
  }

  get lsn(): number {
    return this.manifest.lsn;
  }
}
