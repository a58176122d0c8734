import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { InvalidInputError } from "@tillsight/contracts";
import { fileKind, isClutter, namesOf, unknownKind } from "./names.js";
import type { Ingestion } from "./source.js";

/** Every picture in a folder and the folders in it, in the order of their names. @throws InvalidInputError */
export async function* fromFolder(dir: string): Ingestion {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new InvalidInputError(`the folder ${dir} cannot be read`, "Check its name and rights.", { cause });
  });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((path) => !isClutter(path))
    .sort();
  for (const path of paths) {
    const kind = fileKind(path);
    if (kind === "picture")
      yield { kind: "photo", source: path, names: namesOf(path), bytes: () => readFile(join(dir, path)) };
    else if (kind === "otherPicture") yield { kind: "problem", source: path, message: unknownKind(path) };
  }
}
