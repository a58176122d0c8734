import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { photoKind } from "./photo.js";

/** Pictures under the hash of their bytes: kept, because a new embedder needs them again. */
export class PhotoStore {
  readonly #dir: string;

  constructor(dataDir: string) {
    this.#dir = join(dataDir, "photos");
  }

  /** Durable before it resolves; the same picture twice is stored once. Resolves to its name. */
  async put(bytes: Uint8Array): Promise<string> {
    await mkdir(this.#dir, { recursive: true });
    const name = `${createHash("sha256").update(bytes).digest("hex")}.${photoKind(bytes) ?? "bin"}`;
    const temporary = join(this.#dir, `.${name}.${process.pid}`);
    const file = await open(temporary, "w", 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(this.#dir, name));
    return name;
  }

  get(name: string): Promise<Uint8Array> {
    return readFile(join(this.#dir, name));
  }
}
