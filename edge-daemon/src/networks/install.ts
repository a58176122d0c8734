import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ModelOffer, TillsightError } from "@tillsight/contracts";
import { CorruptModelError, parseManifest } from "@tillsight/models";
import { hex } from "@tillsight/sync-protocol";
import type { ChunkFiles } from "../catalog/sync/chunk-files.js";

/** A chunk on the disk is not what it was: it was put away, and is fetched again. */
export class TornChunkError extends TillsightError {
  readonly code = "MODEL_CHUNK_TORN";

  constructor(name: string) {
    super(`chunk ${name} of a network was torn on the disk`, "Nothing to do: it is fetched again.");
  }
}

/**
 * Puts a network together from its chunks. Its folder gets its name last: one that is there is whole and checked.
 * @throws TornChunkError, CorruptModelError
 */
export async function installModel(dir: string, offer: ModelOffer, files: ChunkFiles): Promise<void> {
  const manifest = parseManifest(offer.manifest, offer.id);
  const [folder, fresh] = [join(dir, offer.id), join(dir, `${offer.id}.new`)];
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  const whole = createHash("sha256");
  const weights = await open(join(fresh, manifest.file), "w");
  try {
    for (const [digest] of offer.chunks) {
      const name = hex(digest);
      const bytes = await readFile(join(files.dir, name)).catch(() => new Uint8Array());
      if (createHash("sha256").update(bytes).digest("hex") !== name) {
        await files.remove(name);
        throw new TornChunkError(name);
      }
      whole.update(bytes);
      await weights.writeFile(bytes);
    }
    await weights.sync();
  } finally {
    await weights.close();
  }
  const sha256 = whole.digest("hex");
  if (sha256 !== manifest.sha256) {
    await rm(fresh, { recursive: true, force: true });
    throw new CorruptModelError(join(fresh, manifest.file), `its SHA-256 is ${sha256}`);
  }
  await writeFile(join(fresh, "manifest.json"), offer.manifest, { flush: true });
  await rm(folder, { recursive: true, force: true });
  await rename(fresh, folder);
}
