import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InvalidInputError } from "@tillsight/contracts";
import { CorruptModelError, ModelMissingError } from "./errors.js";
import { type ModelManifest, parseManifest } from "./manifest.js";

/** Where the weights that Tillsight ships lie, whether this runs from sources or built. */
export const defaultModelFolder = fileURLToPath(new URL("../weights/", import.meta.url));

export interface StoredModel<K extends ModelManifest["kind"]> {
  readonly manifest: Extract<ModelManifest, { kind: K }>;
  /** Of the weights. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export type AnyModel = StoredModel<"detector"> | StoredModel<"embedder"> | StoredModel<"print">;

function missing(folder: string, what: string, cause?: unknown): ModelMissingError {
  return new ModelMissingError(
    `${what} in ${folder}`,
    "Set models.folder to a folder with manifests (*.json) and weights (*.onnx), or leave it out to use the ones shipped.",
    { cause },
  );
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}

/** JSON files that say of themselves that they are a model manifest; others may lie beside them. */
async function manifestsIn(folder: string): Promise<ModelManifest[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw missing(folder, "there are no models", cause);
  });
  const found: ModelManifest[] = [];
  for (const name of names.filter((n) => n.endsWith(".json")).sort()) {
    const path = join(folder, name);
    found.push(parseManifest(await readFile(path, "utf8"), path));
  }
  return found;
}

async function readVerified(folder: string, manifest: ModelManifest): Promise<Uint8Array> {
  const path = join(folder, manifest.file);
  const bytes = await readFile(path).catch((cause: unknown) => {
    if (errorCode(cause) === "ENOENT")
      throw missing(folder, `the weights ${manifest.file} are missing`, cause);
    throw new CorruptModelError(path, "it cannot be read", { cause });
  });
  if (bytes.length !== manifest.bytes)
    throw new CorruptModelError(path, `${bytes.length} bytes instead of ${manifest.bytes}`);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (sha256 !== manifest.sha256) throw new CorruptModelError(path, `its SHA-256 is ${sha256}`);
  return bytes;
}

/**
 * Finds the model of a kind in a folder and reads its weights, verified against the manifest.
 * @param id chooses where the folder holds several of the kind.
 * @throws ModelMissingError, InvalidManifestError, CorruptModelError, InvalidInputError (several and no `id`).
 */
export async function readModel<K extends ModelManifest["kind"]>(
  kind: K,
  folder: string = defaultModelFolder,
  id?: string,
): Promise<StoredModel<K>> {
  const all = await manifestsIn(folder);
  const fitting = all.filter(
    (m): m is Extract<ModelManifest, { kind: K }> => m.kind === kind && (id === undefined || m.id === id),
  );
  const [manifest, second] = fitting;
  if (!manifest) throw missing(folder, id ? `there is no ${kind} "${id}"` : `there is no ${kind}`);
  if (second)
    throw new InvalidInputError(
      `${folder} holds several models of kind ${kind}: ${fitting.map((m) => m.id).join(", ")}`,
      `Keep one manifest of kind ${kind} in the folder.`,
    );
  return { manifest, path: join(folder, manifest.file), bytes: await readVerified(folder, manifest) };
}
