import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { seededRandom } from "../bench-data.js";
import { Catalog } from "../catalog.js";
import { embedderId, product, reference, size, temporaryFolder, unitVector } from "../test-helpers.js";

let folder: ReturnType<typeof temporaryFolder>;
let catalog: Catalog | undefined;
let warnings: object[];
const vectors = Array.from({ length: 120 }, () => unitVector());

beforeEach(async () => {
  folder = temporaryFolder();
  const first = await open();
  for (const [i, vector] of vectors.entries())
    first.enrol(product(`P${i}`), [reference(`r${i}`, `P${i}`, vector)]);
  await first.stop();
});
afterEach(async () => {
  await catalog?.stop();
  folder.clean();
});

const index = (...path: string[]) => join(folder.dir, "index", ...path);

async function open(options: Partial<ConstructorParameters<typeof Catalog>[0]> = {}): Promise<Catalog> {
  warnings = [];
  const log = {
    error() {},
    info() {},
    debug() {},
    warn: (_: string, facts: object = {}) => void warnings.push(facts),
  };
  catalog = new Catalog({ dir: folder.dir, embedderId, size, watchMs: 0, log, ...options });
  return catalog.start();
}

/** Every reference is its own nearest neighbour. */
function expectAllFound(of: Catalog): void {
  for (const [i, vector] of vectors.entries()) expect(of.nearest(vector, 1)[0]?.sku).toBe(`P${i}`);
}

test("a whole generation is loaded and nothing waits to be built", async () => {
  const again = await open();
  expect(again.facts).toMatchObject({ generation: 1, pending: 0, store: vectors.length });
  expectAllFound(again);
  expect(warnings).toEqual([]);
});

test("torn at 40 random points, any file of the generation is refused and built again", async () => {
  const random = seededRandom(3);
  const whole = join(folder.dir, "whole");
  cpSync(index(), whole, { recursive: true });
  for (let round = 0; round < 40; round++) {
    rmSync(index(), { recursive: true });
    cpSync(whole, index(), { recursive: true });
    const file = index("gen-000001", ["store.hnsw", "store.labels", "meta.json"][round % 3] as string);
    const bytes = readFileSync(file);
    const at = Math.floor(random() * bytes.length);
    if (round % 2 === 0) truncateSync(file, at);
    else writeFileSync(file, bytes.with(at, (bytes[at] as number) ^ 0x10));
    const again = await open();
    const harmless = warnings.length === 0;
    // A flipped bit in the metadata's own date or LSN harms nobody; everything else must be noticed.
    if (harmless) expect(file).toMatch(/meta\.json$/);
    expectAllFound(again);
    await again.stop();
    expect(readdirSync(index()).filter((name) => name.startsWith("gen-"))).toHaveLength(1);
  }
});

test("a torn newest generation falls back on the one before and catches up from the catalog", async () => {
  const second = await open();
  const late = unitVector();
  second.enrol(product("late"), [reference("late", "late", late)]);
  await second.stop();
  truncateSync(index("gen-000002", "store.hnsw"), 500);
  const again = await open();
  expect(warnings).toMatchObject([{ generation: "gen-000002" }]);
  expect(again.nearest(late, 1)[0]?.sku).toBe("late");
  expectAllFound(again);
});

test("a deleted generation is built again", async () => {
  rmSync(index(), { recursive: true });
  const again = await open();
  expectAllFound(again);
  await again.settled();
  expect(existsSync(index("gen-000001", "store.hnsw"))).toBe(true);
});

test("what a crash left between save and rename is cleared away and never read", async () => {
  mkdirSync(index("tmp-4711-2"));
  writeFileSync(index("tmp-4711-2", "store.hnsw"), "half");
  const again = await open();
  expect(readdirSync(index())).toEqual(["gen-000001"]);
  expectAllFound(again);
});

test("a generation of another embedder is refused", async () => {
  const file = index("gen-000001", "meta.json");
  writeFileSync(file, readFileSync(file, "utf8").replace(embedderId, "another"));
  const again = await open();
  expect(warnings).toMatchObject([{ reason: expect.stringContaining("another") }]);
  expectAllFound(again);
});

test("an index beside a catalog that was made anew is not believed, though its labels fit", async () => {
  for (const end of ["", "-wal", "-shm"]) rmSync(join(folder.dir, `catalog.db${end}`), { force: true });
  const anew = await open();
  expect(anew.referenceCount).toBe(0);
  const reversed = [...vectors].reverse();
  for (const [i, vector] of reversed.entries())
    anew.enrol(product(`N${i}`), [reference(`r${i}`, `N${i}`, vector)]);
  await anew.stop();
  rmSync(index("gen-000002"), { recursive: true });
  expect(readdirSync(index())).toEqual(["gen-000001"]);
  const again = await open();
  expect(warnings).toHaveLength(1);
  for (const [i, vector] of reversed.entries()) expect(again.nearest(vector, 1)[0]?.sku).toBe(`N${i}`);
});

test("deleted while no process ran: the old generation does not bring it back", async () => {
  const command = await open({ keepsGenerations: false });
  command.remove(product("P7").sku);
  await command.stop();
  const again = await open();
  expect(again.facts.generation).toBe(1);
  expect(again.nearest(vectors[7] as Float32Array, 200).map((n) => n.sku)).not.toContain("P7");
});

test("a large change and a graph full of removed points are built anew in a worker while searches go on", async () => {
  const lane = await open({ policy: { rebuildPending: 500 } });
  const many = Array.from({ length: 1500 }, () => unitVector());
  for (const [i, vector] of many.entries())
    lane.enrol(product("bulk"), [reference(`bulk${i}`, "bulk", vector)]);
  expectAllFound(lane);
  await lane.settled();
  expect(lane.facts).toMatchObject({ pending: 0, store: 1620 });
  expect(warnings).toEqual([]);
  lane.remove(product("bulk").sku);
  expect(lane.nearest(many[0] as Float32Array, 1)[0]?.sku).not.toBe("bulk");
  await lane.settled();
  expect(lane.facts).toMatchObject({ pending: 0, store: 120 });
  expectAllFound(lane);
});
