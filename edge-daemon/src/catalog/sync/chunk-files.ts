import { mkdir, readdir, rename, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Chunk, hex } from "@tillsight/sync-protocol";
import { CatalogFullError, catalogIndexError } from "../errors.js";

/**
 * Chunks of a snapshot on their way in, each a file named by its hash. They outlive broken connections, the
 * process and the snapshot itself: what the next one shares with it need not be fetched again. A file's bytes
 * are checked against its name when it is used, so a torn one costs no more than fetching it again.
 */
export class ChunkFiles {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  /** Hashes that are here. */
  async have(): Promise<Set<string>> {
    const names = await readdir(this.dir).catch(() => []);
    return new Set(names.filter((name) => /^[0-9a-f]{64}$/.test(name)));
  }

  /** Forgets every chunk that is not in `wanted`, and what a crash left half-written. */
  async keepOnly(wanted: ReadonlySet<string>): Promise<void> {
    for (const name of await readdir(this.dir).catch(() => []))
      if (!wanted.has(name)) await rm(join(this.dir, name), { recursive: true, force: true });
  }

  /** @throws CatalogFullError, CatalogIoError */
  async put({ sha256, bytes }: Chunk): Promise<void> {
    const file = join(this.dir, hex(sha256));
    try {
      await mkdir(this.dir, { recursive: true });
      await writeFile(`${file}.tmp`, bytes);
      await rename(`${file}.tmp`, file);
    } catch (cause) {
      throw catalogIndexError(cause, this.dir);
    }
  }

  async remove(hash: string): Promise<void> {
    await rm(join(this.dir, hash), { force: true });
  }

  /** The chunks, and about as much again for the catalog and its log. @throws CatalogFullError */
  async checkSpace(bytes: number): Promise<void> {
    await mkdir(this.dir, { recursive: true });
    const { bavail, bsize } = await statfs(this.dir);
    if (bavail * bsize < 4 * bytes) throw new CatalogFullError(this.dir);
  }
}
