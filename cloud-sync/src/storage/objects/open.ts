import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { InvalidInputError } from "@tillsight/contracts";
import { FolderObjectStore } from "./folder-store.js";
import type { ObjectStore } from "./object-store.js";
import type { S3Options } from "./s3-store.js";

/**
 * The object store that a setting names: nothing (a folder in the data folder), a path, or
 * `s3://BUCKET/PREFIX?endpoint=https://…&region=…`. Credentials are not part of it: they come as the AWS tools have
 * them (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, the machine's role).
 *
 * @throws InvalidInputError
 */
export async function openObjectStore(dataDir: string, setting?: string): Promise<ObjectStore> {
  if (setting?.startsWith("s3:")) {
    // Only where it is wanted: the client is large.
    const { S3ObjectStore } = await import("./s3-store.js");
    return new S3ObjectStore(s3Options(setting));
  }
  const dir = setting ?? join(dataDir, "objects");
  if (setting === undefined) await takeOverPhotos(dataDir, dir);
  return new FolderObjectStore(dir);
}

/** @throws InvalidInputError */
export function s3Options(setting: string): S3Options {
  const url = URL.canParse(setting) ? new URL(setting) : undefined;
  const known = ["endpoint", "region"];
  const strange = [...(url?.searchParams.keys() ?? [])].find((key) => !known.includes(key));
  const endpoint = url?.searchParams.get("endpoint") ?? undefined;
  const sound =
    url?.protocol === "s3:" && url.hostname !== "" && url.username === "" && strange === undefined;
  if (!sound || (endpoint !== undefined && !/^https?:\/\//.test(endpoint)))
    throw new InvalidInputError(
      "the address of the object store does not fit",
      "Write s3://BUCKET/PREFIX?endpoint=https://SERVER&region=REGION; credentials come from the environment.",
    );
  const path = url.pathname.replace(/^\/+|\/+$/g, "");
  const region = url.searchParams.get("region") ?? "us-east-1";
  return { bucket: url.hostname, prefix: path === "" ? "" : `${path}/`, endpoint, region };
}

/** The first release kept photos in a folder of their own. */
async function takeOverPhotos(dataDir: string, dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await rename(join(dataDir, "photos"), join(dir, "photo")).catch(() => {});
}
