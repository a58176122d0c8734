import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

const sha256 = (data) => createHash("sha256").update(data).digest("hex");

/** The user's folder for built addons. */
export function cacheHome(env = process.env, home = homedir()) {
  return join(env.TILLSIGHT_CACHE ?? env.XDG_CACHE_HOME ?? join(home, ".cache"), "tillsight/native");
}

/**
 * Name of a cache entry: everything that decides whether a built addon fits here.
 * @param {Record<string, string>} parts e.g. version, Node ABI, arch, library versions, recipe hash
 */
export function cacheKey(name, parts) {
  const sorted = Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : 1));
  const readable = [name.replaceAll("/", "-").replace("@", ""), parts.version, `abi${parts.abi}`, parts.arch];
  return `${readable.join("-")}-${sha256(JSON.stringify(sorted)).slice(0, 16)}`;
}

/** Hash of the files that say how an addon is built: a changed recipe is another addon. */
export const recipeHash = (files) =>
  sha256(files.map((file) => sha256(readFileSync(file))).join()).slice(0, 16);

/** Copies so that a reader sees the old file or the new one, and a process that has mapped the old one keeps it. */
export function placeFile(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  const fresh = `${to}.${process.pid}.new`;
  copyFileSync(from, fresh);
  renameSync(fresh, to);
}

/**
 * Built addons kept between clones. Reading a torn entry finds nothing; failing to write is only worth a line.
 */
export class AddonCache {
  #home;

  constructor(home) {
    this.#home = home;
  }

  /** @returns {string | undefined} the addon's path, when the entry is whole */
  find(key) {
    const file = join(this.#home, key, "addon.node");
    try {
      const meta = JSON.parse(readFileSync(join(this.#home, key, "meta.json"), "utf8"));
      return sha256(readFileSync(file)) === meta.sha256 ? file : undefined;
    } catch {
      return undefined;
    }
  }

  /** @returns {string | undefined} why it could not be kept */
  store(key, builtFile, parts) {
    const fresh = join(this.#home, `.${key}.${process.pid}`);
    try {
      mkdirSync(fresh, { recursive: true });
      copyFileSync(builtFile, join(fresh, "addon.node"));
      const meta = { sha256: sha256(readFileSync(builtFile)), ...parts };
      writeFileSync(join(fresh, "meta.json"), `${JSON.stringify(meta, null, 2)}\n`);
      rmSync(join(this.#home, key), { recursive: true, force: true });
      renameSync(fresh, join(this.#home, key));
      return undefined;
    } catch (error) {
      return error.message;
    } finally {
      try {
        rmSync(fresh, { recursive: true, force: true });
      } catch {
        // An unwritable cache has nothing to clean.
      }
    }
  }

  drop(key) {
    try {
      rmSync(join(this.#home, key), { recursive: true, force: true });
    } catch {
      // It is rebuilt and the store says why it could not be kept.
    }
  }
}
