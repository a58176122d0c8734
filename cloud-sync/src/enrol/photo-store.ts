import { createHash } from "node:crypto";
import type { ObjectStore } from "../storage/objects/object-store.js";
import { photoKind } from "./photo.js";

/** Pictures under the hash of their bytes: kept, because a new embedder needs them again. */
export class PhotoStore {
  readonly #objects: ObjectStore;

  constructor(objects: ObjectStore) {
    this.#objects = objects;
  }

  /** Durable before it resolves; the same picture twice is stored once. Resolves to its object id. */
  async put(bytes: Uint8Array): Promise<string> {
    const kind = photoKind(bytes);
    const id = `photo/${createHash("sha256").update(bytes).digest("hex")}.${kind ?? "bin"}`;
    if (!(await this.#objects.has(id)))
      await this.#objects.put(id, { bytes, type: kind ? `image/${kind}` : "application/octet-stream" });
    return id;
  }

  get(id: string): Promise<Uint8Array> {
    return this.#objects.get(inFolder(id));
  }

  has(id: string): Promise<boolean> {
    return this.#objects.has(inFolder(id));
  }
}

/** The first release named photos without the folder that they are in now. */
const inFolder = (id: string): string => (id.includes("/") ? id : `photo/${id}`);
