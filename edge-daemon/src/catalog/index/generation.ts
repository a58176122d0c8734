import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { CatalogFullError, catalogIndexError } from "../errors.js";
import { type Origin, origins } from "../rows.js";
import { graphParams, HnswGraph } from "./graph.js";

const FileMeta = z.strictObject({ bytes: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) });

const GenerationMeta = z.strictObject({
  format: z.literal(1),
  embedderId: z.string(),
  size: z.int().min(1),
  m: z.int(),
  efConstruction: z.int(),
  lsn: z.int().min(0),
  savedAt: z.string(),
  shards: z.record(
    z.enum(["hq", "store"]),
    z.strictObject({ count: z.int().min(0), index: FileMeta, labels: FileMeta }).nullable(),
  ),
});
type GenerationMeta = z.infer<typeof GenerationMeta>;

/** What belongs to a shard on disk: its graph (none when it is empty) and the tag of every live label. */
export interface ShardImage {
  readonly graph: HnswGraph;
  readonly tags: ReadonlyMap<number, number>;
}

export interface Generation {
  readonly number: number;
  readonly lsn: number;
  readonly shards: Readonly<Partial<Record<Origin, ShardImage>>>;
}

export interface Identity {
  readonly embedderId: string;
  readonly size: number;
}

const named = (number: number) => `gen-${String(number).padStart(6, "0")}`;

async function generations(dir: string): Promise<number[]> {
  const names = await readdir(dir).catch(() => []);
  const numbers = names.map((name) => Number(/^gen-(\d+)$/.exec(name)?.[1] ?? Number.NaN));
  return numbers.filter((n) => Number.isFinite(n)).sort((a, b) => b - a);
}

async function fileMeta(file: string): Promise<z.infer<typeof FileMeta>> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return { bytes: (await stat(file)).size, sha256: hash.digest("hex") };
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeShard(dir: string, origin: Origin, image: ShardImage) {
  const indexFile = join(dir, `${origin}.hnsw`);
  const labelFile = join(dir, `${origin}.labels`);
  await image.graph.save(indexFile);
  const index = await fileMeta(indexFile);
  if (index.bytes < image.graph.leastBytes()) throw new CatalogFullError(indexFile);
  await writeFile(labelFile, Buffer.from(Uint32Array.from([...image.tags].flat()).buffer));
  await sync(indexFile);
  await sync(labelFile);
  return { count: image.tags.size, index, labels: await fileMeta(labelFile) };
}

/**
 * Writes a generation beside the others and makes it visible with one rename, so that a reader sees the whole
 * of it or nothing; hnswlib itself writes straight into its target. Keeps one older generation to fall back on.
 *
 * @returns the new generation's number.
 * @throws CatalogFullError, CatalogIoError
 */
export async function saveGeneration(
  dir: string,
  identity: Identity,
  lsn: number,
  shards: Readonly<Partial<Record<Origin, ShardImage>>>,
): Promise<number> {
  const number = ((await generations(dir))[0] ?? 0) + 1;
  const temporary = join(dir, `tmp-${process.pid}-${number}`);
  try {
    await mkdir(temporary, { recursive: true });
    const meta: GenerationMeta = {
      ...{ format: 1, embedderId: identity.embedderId, size: identity.size, lsn },
      ...{ m: graphParams.m, efConstruction: graphParams.efConstruction },
      savedAt: new Date().toISOString(),
      shards: { hq: null, store: null },
    };
    for (const origin of origins) {
      const image = shards[origin];
      // hnswlib cannot grow a graph that was loaded empty.
      if (image && image.graph.count > 0) meta.shards[origin] = await writeShard(temporary, origin, image);
    }
    await writeFile(join(temporary, "meta.json"), JSON.stringify(meta, null, 2));
    await sync(join(temporary, "meta.json"));
    await sync(temporary);
    await rename(temporary, join(dir, named(number)));
    await sync(dir);
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true });
    throw catalogIndexError(cause, dir);
  }
  for (const old of (await generations(dir)).slice(2)) await removeGeneration(dir, old);
  return number;
}

async function readShard(dir: string, origin: Origin, meta: GenerationMeta): Promise<ShardImage | undefined> {
  const wanted = meta.shards[origin];
  if (!wanted) return undefined;
  for (const [file, expected] of [["hnsw", wanted.index] as const, ["labels", wanted.labels] as const]) {
    const found = await fileMeta(join(dir, `${origin}.${file}`));
    if (found.bytes !== expected.bytes)
      throw new TypeError(`${origin}.${file} has ${found.bytes} bytes, not ${expected.bytes}`);
    if (found.sha256 !== expected.sha256) throw new TypeError(`${origin}.${file} does not have its checksum`);
  }
  const bytes = await readFile(join(dir, `${origin}.labels`));
  const pairs = new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const tags = new Map<number, number>();
  for (let i = 0; i < pairs.length; i += 2) tags.set(pairs[i] as number, pairs[i + 1] as number);
  const graph = await HnswGraph.load(join(dir, `${origin}.hnsw`), meta.size, new Set(tags.keys()));
  return { graph, tags };
}

async function readGeneration(dir: string, number: number, identity: Identity): Promise<Generation> {
  const folder = join(dir, named(number));
  const meta = GenerationMeta.parse(JSON.parse(await readFile(join(folder, "meta.json"), "utf8")));
  if (meta.embedderId !== identity.embedderId || meta.size !== identity.size)
    throw new TypeError(`it is of embedder ${meta.embedderId} with ${meta.size} numbers`);
  if (meta.m !== graphParams.m || meta.efConstruction !== graphParams.efConstruction)
    throw new TypeError("it was built with other parameters");
  const shards: Partial<Record<Origin, ShardImage>> = {};
  for (const origin of origins) {
    const image = await readShard(folder, origin, meta);
    if (image) shards[origin] = image;
  }
  return { number, lsn: meta.lsn, shards };
}

const removeGeneration = (dir: string, number: number): Promise<void> =>
  rm(join(dir, named(number)), { recursive: true, force: true });

/**
 * The newest generation that is whole and of this embedder; undefined when there is none. Each one that is
 * refused is told to `refused` with the reason. The owner of the folder (`owns`) also deletes those, and
 * whatever a crash left half-written.
 */
export async function loadGeneration(
  dir: string,
  identity: Identity,
  owns: boolean,
  refused: (name: string, reason: string) => void,
): Promise<Generation | undefined> {
  for (const name of owns ? await readdir(dir).catch(() => []) : [])
    if (name.startsWith("tmp-")) await rm(join(dir, name), { recursive: true, force: true });
  for (const number of await generations(dir)) {
    try {
      return await readGeneration(dir, number, identity);
    } catch (error) {
      refused(named(number), error instanceof Error ? error.message : String(error));
      if (owns) await removeGeneration(dir, number);
    }
  }
  return undefined;
}
