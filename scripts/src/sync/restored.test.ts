import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Broker, type CloudSync, startBroker, startCloudSync } from "@tillsight/cloud-sync";
import { money, NodeName, Product, Sku } from "@tillsight/contracts";
import { type Catalog, CatalogFollower, openCatalog } from "@tillsight/edge-daemon";
import { transactionIdOf } from "@tillsight/edge-daemon/testing";
import { hex, parsePublicKey } from "@tillsight/sync-protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, embedderId, type LaneEnd, openLaneEnd } from "../fleet/bench-fleet.js";
import { Undo } from "../lane/undo.js";

const program = fileURLToPath(new URL("../../../cloud-sync/dist/main.js", import.meta.url));
const names = { store: NodeName.parse("north"), terminal: NodeName.parse("lane-1") };
const lanePath = "/api/fleet/terminals/north/lane-1";
const size = 32;
const patience = { timeout: 30_000, interval: 50 };
const undo = new Undo();
let dir: string;
let broker: Broker;
let cloud: CloudSync;
let catalog: Catalog;
let follower: CatalogFollower;
let lane: LaneEnd;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "tillsight-restored-"));
  undo.add(() => rmSync(dir, { recursive: true, force: true }));
  // Of its own, as a chain's is: it keeps the lost headquarters' head, which speaks of LSNs that come again.
  broker = await startBroker();
  undo.add(() => broker.close());
  await startHeadquarters();
  undo.add(() => cloud.stop());
  mkdirSync(join(dir, "lane"));
  catalog = await openCatalog({ dir: join(dir, "lane", "catalog"), embedderId, size });
  undo.add(() => catalog.stop());
  follower = new CatalogFollower({
    ...{ ...names, catalog, brokerUrl: broker.url, dir: join(dir, "lane", "snapshot") },
    trustedKeys: [parsePublicKey(cloud.publicKey)],
  });
  follower.start();
  undo.add(() => follower.stop());
  startLane();
  undo.add(() => lane.stop());
}, 180_000);
afterAll(() => undo.run());

const headquarters = () => join(dir, "headquarters");
const backup = () => join(dir, "hq.backup");

async function startHeadquarters(): Promise<void> {
  const { store } = names;
  cloud = await startCloudSync({ dataDir: headquarters(), store, embedderId, brokerUrl: broker.url });
}

function startLane(): void {
  const kept = lane?.done.kept;
  lane = openLaneEnd({
    ...{ dir: join(dir, "lane"), ...names, broker: { url: broker.url }, lsn: () => catalog.lsn },
    ...(kept && { kept }),
  });
}

/** A command of headquarters' own program, while headquarters is down. */
const keep = (...args: string[]) =>
  promisify(execFile)(process.execPath, [program, ...args, "--data", headquarters()]);

const mug = Sku.parse("mug");
const put = (name: string, cents: number) =>
  cloud.catalog.putProduct(
    Product.parse({
      ...{ sku: name, name, unit: "each", price: money(cents, "EUR"), taxRateBp: 700 },
      ...{ gtins: [], plu: null, tareGrams: 0, unitGrams: null, unitToleranceGrams: 0, minAge: null },
    }),
    "test",
  );
const addPhoto = (id: string, seed: number) =>
  cloud.catalog.addReferences(mug, [{ id, vector: vector(seed) }], "test");

function vector(seed: number): Float32Array {
  const raw = Float32Array.from({ length: size }, (_, i) => Math.sin(seed * 12.9898 + i * 78.233));
  const length = Math.sqrt(raw.reduce((sum, x) => sum + x * x, 0));
  return raw.map((x) => x / length);
}

const price = (name: string) => catalog.product(Sku.parse(name))?.price.minor;
let sold = 0;
const sell = () => lane.sell(++sold, sold);
const sentSales = async (): Promise<string[]> =>
  (await call(cloud, "GET", "/api/sales?limit=100")).json.sales.map(({ id }: { id: string }) => id).sort();
const allSales = () => Array.from({ length: sold }, (_, i) => transactionIdOf(i + 1)).sort();

const give = async (storeName: string) =>
  expect((await call(cloud, "PUT", `${lanePath}/settings`, { storeName })).status).toBe(200);
/** The lane has what headquarters wants, as both see it. */
async function expectSettings(storeName: string): Promise<void> {
  const settings = async () => (await call(cloud, "GET", lanePath)).json.settings;
  await expect.poll(() => lane.done.settings.at(-1), patience).toEqual({ storeName });
  await expect
    .poll(settings, patience)
    .toSatisfy(({ version, reported }) => version > 0 && version === reported?.version);
}
const state = async () => cloud.publisher.ledger.state(names.store);

test("a lane follows a headquarters that was lost and restored, and sells on throughout", async () => {
  await put("mug", 100);
  await addPhoto("p1", 1);
  await expect.poll(() => catalog.nearest(vector(1), 1)[0]?.sku, patience).toBe("mug");
  sell();
  await expect.poll(sentSales, patience).toEqual(allSales());
  await give("Before");
  await expectSettings("Before");
  await cloud.stop();
  await keep("backup", backup(), "--with-signing-key");

  // What no backup has: a price, a product, a photo, settings, a sale.
  await startHeadquarters();
  await cloud.catalog.setPrice(mug, money(199, "EUR"), "test");
  await put("cup", 300);
  await addPhoto("p2", 2);
  await expect.poll(() => catalog.nearest(vector(2), 1)[0]?.referenceId, patience).toBe("p2");
  expect([price("mug"), price("cup")]).toEqual([199, 300]);
  sell();
  await give("Lost");
  await expectSettings("Lost");
  await expect.poll(sentSales, patience).toEqual(allSales());
  const lost = await state();
  await cloud.stop();
  rmSync(headquarters(), { recursive: true });

  sell();
  expect(price("mug")).toBe(199);
  await keep("restore", backup());
  await startHeadquarters();
  // As many changes as were lost: the lane is at this very LSN, with other contents.
  await cloud.catalog.setPrice(mug, money(149, "EUR"), "test");
  await put("bowl", 400);
  await addPhoto("p3", 3);
  await expect.poll(() => price("mug"), patience).toBe(149);
  await expect.poll(state, patience).toMatchObject({ lsn: lost?.lsn });
  const found = await state();
  expect(found?.epoch).toBeGreaterThan(lost?.epoch ?? 0);
  await expect
    .poll(() => catalog.syncState.stateHash, patience)
    .toBe(hex(found?.stateHash ?? new Uint8Array()));
  expect(catalog.syncState).toMatchObject({ lsn: found?.lsn, epoch: found?.epoch });
  expect(catalog.recount().stateHash).toBe(catalog.syncState.stateHash);
  expect([price("cup"), price("bowl")]).toEqual([undefined, 400]);
  // A snapshot's rows are there a moment before the index has them.
  await expect.poll(() => catalog.nearest(vector(3), 1)[0]?.referenceId, patience).toBe("p3");

  await expect.poll(sentSales, patience).toEqual(allSales());
  await expectSettings("Before");
  await give("After");
  await expectSettings("After");
  const asked = await call(cloud, "POST", `${lanePath}/commands`, { command: { do: "picture" } });
  const answered = async () => (await call(cloud, "GET", `/api/fleet/commands/${asked.json.id}`)).json.state;
  await expect.poll(answered, patience).toBe("done");
  sell();
  await expect.poll(sentSales, patience).toEqual(allSales());
  // Deltas again, not one snapshot after the other.
  await cloud.catalog.setPrice(mug, money(150, "EUR"), "test");
  await expect.poll(() => price("mug"), patience).toBe(150);
  expect(sold).toBe(4);
}, 120_000);

test("settings that are given while the lane is away do not pass for lost ones of the same number", async () => {
  await cloud.stop();
  await keep("backup", backup(), "--with-signing-key", "--replace");
  await startHeadquarters();
  await give("Lost again");
  await expectSettings("Lost again");
  await lane.stop();
  await cloud.stop();
  await keep("restore", backup(), "--replace");
  await startHeadquarters();
  await give("Later");
  startLane();
  await expectSettings("Later");
}, 120_000);
