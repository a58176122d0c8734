import { chmodSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AddonCache, cacheHome, cacheKey, placeFile } from "./cache.mjs";

let dir;
let built;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tillsight-cache-"));
  built = join(dir, "built.node");
  writeFileSync(built, "machine code");
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe("cacheKey", () => {
  const parts = { version: "7.1.2", abi: "115", arch: "x64", opencv: "4.6.0", recipe: "r1" };

  it("is readable, a plain folder name, and does not depend on the order of its parts", () => {
    const key = cacheKey("@u4/opencv4nodejs", parts);
    expect(key).toMatch(/^u4-opencv4nodejs-7\.1\.2-abi115-x64-[0-9a-f]{16}$/);
    expect(cacheKey("@u4/opencv4nodejs", Object.fromEntries(Object.entries(parts).reverse()))).toBe(key);
  });

  it.each(Object.keys(parts))("changes with the %s", (part) => {
    expect(cacheKey("x", { ...parts, [part]: "other" })).not.toBe(cacheKey("x", parts));
  });
});

describe("cacheHome", () => {
  it("is TILLSIGHT_CACHE before XDG_CACHE_HOME before the home folder", () => {
    expect(cacheHome({ TILLSIGHT_CACHE: "/a", XDG_CACHE_HOME: "/b" }, "/h")).toBe("/a/tillsight/native");
    expect(cacheHome({ XDG_CACHE_HOME: "/b" }, "/h")).toBe("/b/tillsight/native");
    expect(cacheHome({}, "/h")).toBe("/h/.cache/tillsight/native");
  });
});

describe("AddonCache", () => {
  const home = () => join(dir, "cache");

  it("gives back what was stored", () => {
    const cache = new AddonCache(home());
    expect(cache.store("k", built, { version: "1" })).toBeUndefined();
    expect(readFileSync(cache.find("k"), "utf8")).toBe("machine code");
  });

  it("does not find an entry that was torn, nor one that was never made", () => {
    const cache = new AddonCache(home());
    cache.store("k", built, {});
    truncateSync(cache.find("k"), 5);
    expect(cache.find("k")).toBeUndefined();
    expect(cache.find("other")).toBeUndefined();
  });

  it("replaces a torn entry", () => {
    const cache = new AddonCache(home());
    cache.store("k", built, {});
    truncateSync(cache.find("k"), 5);
    expect(cache.store("k", built, {})).toBeUndefined();
    expect(cache.find("k")).toBeDefined();
  });

  it("says why it cannot keep anything, and goes on", () => {
    writeFileSync(home(), "a file where the folder should be");
    const cache = new AddonCache(home());
    expect(cache.store("k", built, {})).toMatch(/ENOTDIR|EEXIST/);
    expect(cache.find("k")).toBeUndefined();
    cache.drop("k");
  });
});

describe("placeFile", () => {
  it("replaces a file that cannot be written to, in one step", () => {
    const target = join(dir, "package/build/addon.node");
    placeFile(built, target);
    chmodSync(target, 0o444);
    writeFileSync(built, "newer code");
    placeFile(built, target);
    expect(readFileSync(target, "utf8")).toBe("newer code");
  });
});
