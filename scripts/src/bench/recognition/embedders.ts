import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  defaultModelFolder,
  type Embedder,
  type EmbedderManifest,
  loadEmbedder,
  parseManifest,
} from "@tillsight/models";
import { z } from "zod";

/** Networks that were trained only to be measured: each has never seen the classes that its manifest lists. */
export const foldFolder = fileURLToPath(new URL("../../../../models/training/folds/", import.meta.url));

/** What a manifest says of the classes that training left out; the key that the training pipeline writes. */
const HeldOut = z.looseObject({ heldOutClasses: z.array(z.int()).default([]) });

/** One embedding network and the classes of the shop photographs that it has never seen. */
export interface TestedEmbedder {
  readonly name: string;
  readonly manifest: EmbedderManifest;
  readonly folder: string;
  readonly heldOut: ReadonlySet<number>;
  open(threads?: number): Promise<Embedder>;
}

function tested(folder: string, manifest: EmbedderManifest): TestedEmbedder {
  return {
    ...{ name: manifest.id, manifest, folder },
    heldOut: new Set(HeldOut.parse(manifest.training).heldOutClasses),
    open: (threads = 2) => loadEmbedder({ folder, id: manifest.id, threads }),
  };
}

/** Embedders of a folder, by id. */
export function embeddersIn(folder: string): TestedEmbedder[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return names
    .sort()
    .map((name) => parseManifest(readFileSync(join(folder, name), "utf8"), join(folder, name)))
    .flatMap((manifest) => (manifest.kind === "embedder" ? [tested(folder, manifest)] : []));
}

/** The embedder that ships. */
export const shippedEmbedders = (): TestedEmbedder[] => embeddersIn(defaultModelFolder);

/** Networks with classes that they have never seen: what ships, where it left some out, and those of the folds. */
export const foldEmbedders = (): TestedEmbedder[] =>
  [...shippedEmbedders(), ...embeddersIn(foldFolder)].filter(({ heldOut }) => heldOut.size > 0);
