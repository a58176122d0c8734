import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { availableParallelism, cpus } from "node:os";
import { dirname } from "node:path";
import { z } from "zod";
import { networkId } from "../manifest.js";
import type { Provider } from "../networks.js";
import type { AnyModel } from "../store.js";
import type { Tuning } from "./choose.js";

const Kept = z.record(
  z.string(),
  z.object({ threads: z.int().min(1).max(64), batch: z.int().min(1).max(1024) }),
);

const { version } = createRequire(import.meta.url)("onnxruntime-node/package.json") as { version: string };

/** What a measurement holds for: these weights on this processor with this runtime. */
export function tuningKey(model: AnyModel, providers: readonly Provider[] = ["cpu"]): string {
  const processor = `${availableParallelism()} x ${cpus()[0]?.model.trim() ?? "unknown"}`;
  return [networkId(model.manifest), providers.join("+"), processor, `onnxruntime ${version}`].join(" | ");
}

/** A file that is missing or cannot be read holds nothing: it is measured again. */
async function read(path: string): Promise<Record<string, Tuning>> {
  try {
    return Kept.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return {};
  }
}

export async function keptTuning(path: string, key: string): Promise<Tuning | undefined> {
  return (await read(path))[key];
}

/** Written beside and renamed, so that a cut leaves the old file. */
export async function keepTuning(path: string, key: string, tuning: Tuning): Promise<void> {
  const all = { ...(await read(path)), [key]: tuning };
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.part`;
  await writeFile(part, `${JSON.stringify(all, null, 2)}\n`);
  await rename(part, path);
}
