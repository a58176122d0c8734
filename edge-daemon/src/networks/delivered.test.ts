import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openNetworks, shippedNetworks } from "../cli/parts.js";
import { parseConfig } from "../config/load.js";
import { DeliveredModels } from "./delivered.js";
import { printNetwork } from "./test-helpers.js";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "tillsight-delivered-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** As an installed download lies there. */
function put({ id, manifest, weights }: ReturnType<typeof printNetwork>): string {
  const folder = join(dataDir, "models", id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
  writeFileSync(join(folder, manifest.file), weights);
  return id;
}

/** A start of the lane, as far as its networks. */
async function start(keeps = true): Promise<{ print: string | undefined; delivered: DeliveredModels }> {
  const delivered = new DeliveredModels(dataDir, keeps);
  const config = parseConfig({ dataDir, models: { threads: 1 } }, "a test");
  const networks = await openNetworks(config, { delivered });
  await networks.close();
  return { print: networks.print?.info.id, delivered };
}
const chosen = (id: string | null) => new DeliveredModels(dataDir).choose("print", id);
const shipped = async () => (await shippedNetworks(parseConfig({ dataDir }, "a test"))).print;

test("the chosen network is loaded, the one it came with again when that is chosen", async () => {
  const id = put(printNetwork("print-2"));
  expect((await start()).print).toBe(await shipped());
  chosen(id);
  expect((await start()).print).toBe(id);
  chosen(null);
  expect((await start()).print).toBe(await shipped());
}, 60_000);

test("a network that does not load leaves the lane with the one before, and says why", async () => {
  const good = put(printNetwork("print-2"));
  chosen(good);
  await start();
  // What its manifest describes, but nothing that ONNX Runtime could run.
  const bad = put(printNetwork("print-3", Buffer.alloc(5000, 7)));
  chosen(bad);
  const { print, delivered } = await start();
  expect(print).toBe(good);
  expect(delivered.choice("print")).toMatchObject({
    use: good,
    failed: { id: bad, why: expect.any(String) },
  });
  expect(delivered.choice("print").failed?.why).not.toBe("");
  // And it stays so: a network that failed is not tried at every start.
  expect((await start()).print).toBe(good);
}, 60_000);

test("where nothing that was brought loads, the lane runs what it came with", async () => {
  const bad = put(printNetwork("print-3", Buffer.alloc(5000, 7)));
  chosen(bad);
  expect((await start()).print).toBe(await shipped());
  chosen(bad);
  rmSync(join(dataDir, "models", bad), { recursive: true });
  expect((await start()).print).toBe(await shipped());
}, 60_000);

test("weights that were damaged on the disk are not loaded", async () => {
  const network = printNetwork("print-2");
  const id = put(network);
  writeFileSync(join(dataDir, "models", id, network.manifest.file), network.weights.subarray(1));
  chosen(id);
  const { print, delivered } = await start();
  expect(print).toBe(await shipped());
  expect(delivered.choice("print").failed?.why).toContain("damaged");
}, 60_000);

test("a network that ended the process twice while it was loaded is not tried again", async () => {
  const id = put(printNetwork("print-2"));
  chosen(id);
  for (const _ of [1, 2]) new DeliveredModels(dataDir).trying("print", id);
  const { print, delivered } = await start();
  expect(print).toBe(await shipped());
  expect(delivered.choice("print").failed).toEqual({ id, why: expect.stringContaining("ended 2 times") });
  // Whoever wishes for it anew has seen to it.
  delivered.forgive("print");
  chosen(id);
  expect((await start()).print).toBe(id);
}, 60_000);

test("networks that nobody needs any more are forgotten", () => {
  const [one, two, three] = ["print-2", "print-3", "print-4"].map((name) => put(printNetwork(name)));
  chosen(one as string);
  const delivered = new DeliveredModels(dataDir);
  delivered.choose("print", two as string);
  mkdirSync(join(dataDir, "models", "incoming"));
  mkdirSync(join(dataDir, "models", `${three}.new`));
  delivered.tidy([]);
  expect(readdirSync(join(dataDir, "models")).sort()).toEqual(["choice.json", "incoming", one, two]);
  delivered.choose("print", null);
  delivered.tidy([one as string]);
  expect([one, two].map((id) => delivered.has(id as string))).toEqual([true, true]);
});

test("a visitor beside the lane changes nothing, and a choice that cannot be read keeps nobody from selling", async () => {
  const bad = put(printNetwork("print-3", Buffer.alloc(5000, 7)));
  chosen(bad);
  const file = join(dataDir, "models", "choice.json");
  const before = readFileSync(file, "utf8");
  expect((await start(false)).print).toBe(await shipped());
  expect(readFileSync(file, "utf8")).toBe(before);
  writeFileSync(file, "{ torn");
  expect((await start()).print).toBe(await shipped());
}, 60_000);
