import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BootstrapError } from "../errors.mjs";
import { ADDONS } from "./addons.mjs";
import { AddonCache, cacheHome, cacheKey, placeFile, recipeHash } from "./cache.mjs";
import { nodeHeaders } from "./node-headers.mjs";
import { compilersHere, slots } from "./slots.mjs";
import { loadProblem } from "./verify.mjs";

function readOrNothing(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** Everything one addon needs to know about where it stands. */
function siteOf(addon, root) {
  const packageDir = join(root, "node_modules", addon.name);
  if (!existsSync(packageDir)) {
    throw new BootstrapError("PACKAGE_MISSING", `${packageDir} is not there`, "Run npm ci, then this again.");
  }
  const { version } = JSON.parse(readFileSync(join(packageDir, "package.json"), "utf8"));
  const parts = {
    version,
    abi: process.versions.modules,
    arch: process.arch,
    recipe: recipeHash(addon.recipe),
    ...addon.traits(),
  };
  const installed = join(packageDir, addon.output);
  return { packageDir, parts, key: cacheKey(addon.name, parts), installed, stamp: `${installed}.key` };
}

/**
 * Brings one addon into its package: leaves it where it fits, else takes it from the cache, else builds it.
 * Whatever is found is loaded first; what does not load is built anew.
 *
 * @param {{ check?: typeof loadProblem, cache: AddonCache, rebuild: boolean, build: Function, say: Function }} tools
 * @returns {Promise<"in place" | "from the cache" | "compiled">}
 */
export async function ensureAddon(addon, site, { check = loadProblem, cache, rebuild, build, say }) {
  const problem = (path) => check(addon.name, path, site.packageDir);
  const place = (from) => {
    placeFile(from, site.installed);
    writeFileSync(site.stamp, site.key);
  };
  if (!rebuild && readOrNothing(site.stamp) === site.key && (await problem(site.installed)) === undefined) {
    return "in place";
  }
  const cached = rebuild ? undefined : cache.find(site.key);
  if (cached !== undefined) {
    const why = await problem(cached);
    if (why === undefined) {
      place(cached);
      return "from the cache";
    }
    say(`the cached ${addon.name} does not load (${why}); building it again`);
    cache.drop(site.key);
  }
  await build(addon, site, async (built) => {
    const why = await problem(built);
    if (why !== undefined) {
      const fix = "Run the bootstrap with --rebuild; if it stays, report this as a defect.";
      throw new BootstrapError(
        "ADDON_DOES_NOT_LOAD",
        `${addon.name} was built and does not load: ${why}`,
        fix,
      );
    }
    const unkept = cache.store(site.key, built, site.parts);
    if (unkept !== undefined) say(`${addon.name} could not be kept for the next clone: ${unkept}`);
    place(built);
  });
  return "compiled";
}

/** A builder that makes a scratch folder, finds the headers once, and shares the compiler slots between addons. */
function builder(root, say) {
  const slot = slots(compilersHere());
  const gyp = join(root, "node_modules/node-gyp/bin/node-gyp.js");
  let headers;
  return async (addon, site, use) => {
    headers ??= nodeHeaders(gyp, say);
    const nodedir = await headers;
    const scratch = join(root, "node_modules/.cache/tillsight");
    mkdirSync(scratch, { recursive: true });
    const workDir = mkdtempSync(join(scratch, "build-"));
    const begun = performance.now();
    try {
      say(`compiling ${addon.name} ${site.parts.version}`);
      const built = await addon.build({ packageDir: site.packageDir, workDir, gyp, nodedir, slot, say });
      await use(built);
      say(`compiled ${addon.name} in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
    } finally {
      rmSync(workDir, { recursive: true, force: true });
    }
  };
}

/** @returns {Promise<string>} what was done, for the closing report */
export async function ensureAddons(root, { rebuild, say }) {
  const cache = new AddonCache(cacheHome());
  const build = builder(root, say);
  const outcomes = await Promise.allSettled(
    ADDONS.map(async (addon) => {
      const how = await ensureAddon(addon, siteOf(addon, root), { cache, rebuild, build, say });
      return `${addon.name} ${how}`;
    }),
  );
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return outcomes.map((outcome) => outcome.value).join(", ");
}
