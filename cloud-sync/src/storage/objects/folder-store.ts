import { randomUUID } from "node:crypto";
import { access, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { NotFoundError, ObjectStoreError } from "../../errors.js";
import { hasCode } from "../../has-code.js";
import { checkObjectId, type NewObject, type ObjectStore } from "./object-store.js";

const isMissing = (error: unknown): boolean => hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR");

/** Objects as files of one folder. */
export class FolderObjectStore implements ObjectStore {
  readonly #dir: string;

  /** @param dir made when the first object comes */
  constructor(dir: string) {
    this.#dir = dir;
  }

  async put(id: string, { bytes }: NewObject): Promise<void> {
    const path = this.#path(id);
    // Begins with a dot, which no id does.
    const temporary = join(dirname(path), `.${randomUUID()}`);
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeDurably(temporary, bytes);
      await rename(temporary, path);
      await syncFolder(dirname(path));
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => {});
      throw new ObjectStoreError(`${id} cannot be stored in ${this.#dir}`, { cause });
    }
  }

  async get(id: string): Promise<Uint8Array> {
    const path = this.#path(id);
    try {
      return await readFile(path);
    } catch (cause) {
      if (isMissing(cause))
        throw new NotFoundError(`there is no object ${id}`, "It was removed, or never stored.");
      throw new ObjectStoreError(`${id} cannot be read from ${this.#dir}`, { cause });
    }
  }

  has(id: string): Promise<boolean> {
    return access(this.#path(id)).then(
      () => true,
      () => false,
    );
  }

  async delete(id: string): Promise<void> {
    await rm(this.#path(id), { force: true });
  }

  async *list(prefix: string): AsyncGenerator<string> {
    const entries = await readdir(this.#dir, { recursive: true, withFileTypes: true }).catch(
      (cause: unknown) => {
        if (isMissing(cause)) return [];
        throw new ObjectStoreError(`${this.#dir} cannot be read`, { cause });
      },
    );
    yield* entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
      .map((entry) => join(entry.parentPath, entry.name).slice(this.#dir.length + 1))
      .filter((id) => id.startsWith(prefix))
      .sort();
  }

  async close(): Promise<void> {}

  #path(id: string): string {
    return join(this.#dir, checkObjectId(id));
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The name of a file is durable once its folder is. */
async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
