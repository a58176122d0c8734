import { type Chunk, hex, SyncRefusedError } from "@tillsight/sync-protocol";
import type { ChunkFiles } from "./chunk-files.js";

/** What names its chunks by SHA-256 and length, in order. */
export interface ChunkList {
  readonly chunks: readonly (readonly [sha256: Uint8Array, bytes: number])[];
}

/** Something large on its way in: which chunks are here, asked for, or still to be asked for. */
export class ChunkDownload<M extends ChunkList> {
  readonly manifest: M;
  /** Names of the chunks, in order. */
  readonly names: readonly string[];
  readonly #files: ChunkFiles;
  readonly #missing: Set<string>;
  readonly #asked = new Set<string>();
  readonly #writing = new Set<string>();

  protected constructor(manifest: M, files: ChunkFiles, have: ReadonlySet<string>) {
    this.manifest = manifest;
    this.#files = files;
    this.names = manifest.chunks.map(([hash]) => hex(hash));
    this.#missing = new Set(this.names.filter((name) => !have.has(name)));
  }

  /** Keeps what earlier attempts have brought. @throws CatalogFullError */
  static async of<M extends ChunkList>(manifest: M, files: ChunkFiles): Promise<ChunkDownload<M>> {
    const download = new ChunkDownload(manifest, files, await files.have());
    await download.tidy();
    return download;
  }

  /** Forgets chunks that this has no use for. @throws CatalogFullError */
  protected async tidy(): Promise<void> {
    await this.#files.keepOnly(new Set(this.names));
    const left = this.manifest.chunks.filter(([hash]) => this.#missing.has(hex(hash)));
    await this.#files.checkSpace(left.reduce((sum, [, bytes]) => sum + bytes, 0));
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
