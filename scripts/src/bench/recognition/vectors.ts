import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { readPhoto } from "@tillsight/edge-daemon";
import type { Embedder, Picture } from "@tillsight/models";

/** Changed whenever the same picture would give other numbers by another way through our own code. */
const WAY = 1;
const BATCH = 16;

/** A picture of one item that fills it. */
export interface Shot {
  /** Says which picture it is and what was done to it. */
  readonly key: string;
  picture(): Promise<Picture>;
}

/** A file as it was taken. */
export function fileShot(path: string): Shot {
  const { size, mtimeMs } = statSync(path);
  return { key: `${path} ${size} ${mtimeMs}`, picture: () => readPhoto(path) };
}

export const benchCache = (): string =>
  join(
    process.env.TILLSIGHT_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "tillsight"),
    "bench",
  );

/** Where vectors are kept between runs, and whether what lies there may be used. */
export interface VectorCache {
  readonly dir: string;
  readonly fresh: boolean;
}

/**
 * One vector a shot, by the product's own crop, letterbox and embedder. Kept in the cache under the network's
 * checksum and what the pictures are, so that a second run need not compute them.
 */
export async function embedShots(
  embedder: Embedder,
  shots: readonly Shot[],
  cache: VectorCache,
  say: (done: number, of: number) => void = () => {},
  signal?: AbortSignal,
): Promise<Float32Array[]> {
  const name = createHash("sha256")
    .update(`${WAY}\n${embedder.info.id}\n${shots.map(({ key }) => key).join("\n")}`)
    .digest("hex");
  const path = join(cache.dir, `${name.slice(0, 32)}.f32`);
  const { size } = embedder;
  if (!cache.fresh && existsSync(path)) {
    const bytes = readFileSync(path);
    if (bytes.length === shots.length * size * 4) return cut(bytes, size);
  }
  const vectors: Float32Array[] = [];
  for (let at = 0; at < shots.length; at += BATCH) {
    signal?.throwIfAborted();
    const pictures = await Promise.all(shots.slice(at, at + BATCH).map((shot) => shot.picture()));
    vectors.push(...(await embedder.embed(pictures)));
    say(vectors.length, shots.length);
  }
  mkdirSync(cache.dir, { recursive: true });
  // Written beside and renamed, so that a run cut short leaves no half file.
  writeFileSync(
    `${path}.part`,
    Buffer.concat(vectors.map((v) => Buffer.from(v.buffer, v.byteOffset, v.byteLength))),
  );
  renameSync(`${path}.part`, path);
  return vectors;
}

function cut(bytes: Buffer, size: number): Float32Array[] {
  const all = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  return Array.from({ length: all.length / size }, (_, i) => all.slice(i * size, (i + 1) * size));
}
