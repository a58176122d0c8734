import type { SnapshotManifest } from "@tillsight/contracts";
import { type Chunk, hex, SyncRefusedError } from "@tillsight/sync-protocol";
import type { ChunkFiles } from "./chunk-files.js";
import type { Download } from "./follow-plan.js";

/** One snapshot on its way in: which chunks are here, asked for, or still to be asked for. */
export class SnapshotDownload implements Download {
  readonly manifest: SnapshotManifest;
  /** Names of the chunks, in order. */
  readonly names: readonly string[];
  readonly #files: ChunkFiles;
  readonly #missing: Set<string>;
  readonly #asked = new Set<string>();
  readonly #writing = new Set<string>();

  private constructor(manifest: SnapshotManifest, files: ChunkFiles, have: ReadonlySet<string>) {
    this.manifest = manifest;
    this.#files = files;
    this.names = manifest.chunks.map(([hash]) => hex(hash));
    this.#missing = new Set(this.names.filter((name) => !have.has(name)));
  }

  /** Keeps what earlier attempts, also at other snapshots, have brought. @throws CatalogFullError */
  static async begin(manifest: SnapshotManifest, files: ChunkFiles): Promise<SnapshotDownload> {
    const download = new SnapshotDownload(manifest, files, await files.have());
    await files.keepOnly(new Set(download.names));
    const left = manifest.chunks.filter(([hash]) => download.#missing.has(hex(hash)));
    await files.checkSpace(left.reduce((sum, [, bytes]) => sum + bytes, 0));
    return download;
  }

  get epoch(): number {
    return this.manifest.epoch;
  }

  get lsn(): number {
    return this.manifest.lsn;
  }

  get missing(): readonly string[] {
    return [...this.#missing];
  }

  get outstanding(): number {
    return this.#asked.size + this.#writing.size;
  }

  /** Chunks that are safely here. */
  get here(): number {
    return new Set(this.names).size - this.#missing.size - this.outstanding;
  }

  asked(names: readonly string[]): void {
    for (const name of names) if (this.#missing.delete(name)) this.#asked.add(name);
  }

  /** What was asked for will not come any more: ask again. */
  forgetAsked(): void {
    for (const name of this.#asked) this.#missing.add(name);
    this.#asked.clear();
  }

  /** @throws SyncRefusedError("notAsked"), CatalogFullError, CatalogIoError */
  async put(chunk: Chunk): Promise<void> {
    const name = hex(chunk.sha256);
    if (!this.#asked.delete(name)) throw new SyncRefusedError("notAsked", `chunk ${name} is not awaited`);
    this.#writing.add(name);
    try {
      await this.#files.put(chunk);
    } catch (error) {
      this.#missing.add(name);
      throw error;
    } finally {
      this.#writing.delete(name);
    }
  }
}
