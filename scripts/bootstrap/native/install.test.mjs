import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { AddonCache } from "./cache.mjs";
import { ensureAddon } from "./install.mjs";

let dir;
let cache;
let site;
let said;
let builds;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tillsight-install-"));
  cache = new AddonCache(join(dir, "cache"));
  const installed = join(dir, "package/build/addon.node");
  site = { packageDir: join(dir, "package"), parts: {}, key: "k1", installed, stamp: `${installed}.key` };
  said = [];
  builds = 0;
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A file "loads" when it says so. */
const check = async (_name, file) =>
  existsSync(file) && readFileSync(file, "utf8").startsWith("good") ? undefined : "invalid ELF header";

function ensure({ output = "good", rebuild = false } = {}) {
  const build = async (_addon, _site, use) => {
    builds++;
    const file = join(dir, "out.node");
    writeFileSync(file, output);
    await use(file);
  };
  return ensureAddon({ name: "x" }, site, { check, cache, rebuild, build, say: (line) => said.push(line) });
}

const clone = () => rmSync(site.packageDir, { recursive: true, force: true });

it("compiles once, leaves the addon in place, and serves the next clone from the cache", async () => {
  expect(await ensure()).toBe("compiled");
  expect(await ensure()).toBe("in place");
  clone();
  expect(await ensure()).toBe("from the cache");
  expect(builds).toBe(1);
});

it("rebuilds a torn cache entry", async () => {
  await ensure();
  clone();
  truncateSync(cache.find("k1"), 2);
  expect(await ensure()).toBe("compiled");
  expect(cache.find("k1")).toBeDefined();
});

it("rebuilds a cached file that is whole and does not load", async () => {
  const stale = join(dir, "stale.node");
  writeFileSync(stale, "bad");
  cache.store("k1", stale, {});
  expect(await ensure()).toBe("compiled");
  expect(said.join()).toContain("invalid ELF header");
  expect(readFileSync(site.installed, "utf8")).toBe("good");
});

it("repairs an installed file that was damaged, from the cache", async () => {
  await ensure();
  truncateSync(site.installed, 1);
  expect(await ensure()).toBe("from the cache");
});

it("does not trust a file that was installed under another key", async () => {
  await ensure();
  site.key = "k2";
  expect(await ensure()).toBe("compiled");
});

it("compiles again when asked to", async () => {
  await ensure();
  expect(await ensure({ rebuild: true })).toBe("compiled");
});

it("works where nothing can be cached, and says so", async () => {
  writeFileSync(join(dir, "cache"), "in the way");
  expect(await ensure()).toBe("compiled");
  expect(said.join()).toContain("could not be kept");
  expect(await ensure()).toBe("in place");
});

it("neither installs nor caches a build that does not load", async () => {
  await expect(ensure({ output: "bad" })).rejects.toMatchObject({ code: "ADDON_DOES_NOT_LOAD" });
  expect(existsSync(site.installed)).toBe(false);
  expect(cache.find("k1")).toBeUndefined();
});
