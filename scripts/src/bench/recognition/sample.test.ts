import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import type { BenchContext } from "./context.js";
import { shippedEmbedders, type TestedEmbedder } from "./embedders.js";
import { measureOpenSet } from "./open-set.js";
import { ratesOf } from "./open-set-rates.js";
import { openSetSection } from "./open-set-section.js";
import { readGrocery } from "./photos.js";
import { measureRetrieval } from "./retrieval.js";
import { retrievalSection } from "./retrieval-section.js";
import { virtualPhotos } from "./virtual-photos.js";

vi.setConfig({ testTimeout: 120_000 });

const dir = mkdtempSync(join(tmpdir(), "tillsight-sample-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const said: string[] = [];
const context: BenchContext = {
  ...{ quick: true, seed: 1, cache: { dir, fresh: false }, signal: new AbortController().signal },
  say: (text) => void said.push(text),
};
// No training has seen the virtual lane's goods: for them every class is held out.
const photos = virtualPhotos(6, 7);
const [shipped] = shippedEmbedders();
const tested = { ...shipped, heldOut: new Set(photos.classes.map(({ id }) => id)) } as TestedEmbedder;

describe("a small run on goods made here", () => {
  it("finds most of them again, more with five references than with one", async () => {
    const draws = await measureRetrieval(context, photos, tested, [tested]);
    const of = (references: string) => {
      const own = draws.filter(
        (d) => d.catalog === "unseen, among themselves" && d.references === references,
      );
      const sum = (key: "first" | "asked") => own.reduce((total, d) => total + d.hits.all[key], 0);
      return sum("first") / sum("asked");
    };
    expect(of("5")).toBeGreaterThan(0.7);
    expect(of("5")).toBeGreaterThanOrEqual(of("1"));
    const { targets, text } = retrievalSection({ ours: draws, reference: [] }, photos, [6]);
    expect(targets.find(({ target }) => target === ">= 12 points")?.met).toBeUndefined();
    expect(text).toContain("unseen, among themselves");
  });

  it("shares out every answer, the second time from the cache", async () => {
    const fresh = said.filter((line) => line.includes("photos through")).length;
    const draws = await measureOpenSet(context, photos, [tested]);
    expect(said.filter((line) => line.includes("photos through"))).toHaveLength(fresh);
    for (const { outcomes } of draws) {
      const rates = ratesOf(outcomes);
      expect(rates.correctAccepts + rates.wrongAccepts + rates.asked + rates.unknown).toBeCloseTo(1, 6);
    }
    expect(openSetSection(draws).plots[0]?.svg).toContain("</svg>");
  });
});

describe("the shop photographs", () => {
  it("that are not there are explained", () => {
    expect(() => readGrocery(dir)).toThrow(/no shop photographs/);
  });
  it.skipIf(!existsSync("../shared/data/grocery/pictures.csv"))("are read with their classes", () => {
    const { classes, photos: all } = readGrocery("../shared/data/grocery");
    expect(classes.length).toBeGreaterThan(40);
    expect(classes.filter(({ packaged }) => packaged).length).toBeGreaterThan(10);
    expect(new Set(all.map(({ classId }) => classId)).size).toBe(classes.length);
  });
});
