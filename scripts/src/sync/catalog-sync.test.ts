import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Broker, type CloudSync, startBroker, startCloudSync } from "@tillsight/cloud-sync";
import { money, Presence, Product, type Sku, topics } from "@tillsight/contracts";
import { type Catalog, CatalogFollower, openCatalog } from "@tillsight/edge-daemon";
import mqtt from "mqtt";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

const store = "store-1";
const terminal = "lane-1";
const size = 32;
const embedderId = "test-embedder";
const patience = { timeout: 20_000, interval: 50 };

/** Undone in reverse order after each test. */
let undo: (() => unknown)[] = [];
let dir: string;
/** An empty catalog: copying its files is quicker than making PostgreSQL's folder for every test. */
let blank: string;

beforeAll(async () => {
  blank = mkdtempSync(join(tmpdir(), "tillsight-blank-"));
  const cloud = await startCloudSync({
    dataDir: blank,
    store,
    embedderId,
    embedPhoto: async () => unitVector(0),
  });
  await cloud.stop();
});
afterAll(() => rmSync(blank, { recursive: true, force: true }));

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tillsight-sync-"));
  undo = [() => rmSync(dir, { recursive: true, force: true })];
});
afterEach(async () => {
  for (const step of undo.reverse()) await step();
});

const sku = (text: string) => text as Sku;
const item = (name: string, cents = 199): Product =>
  Product.parse({
    ...{ sku: name, name: `Item ${name}`, unit: "each", price: money(cents, "EUR"), taxRateBp: 700 },
    ...{ gtins: [], plu: null, tareGrams: 0, minAge: null },
  });

function unitVector(seed: number): Float32Array {
  const raw = Float32Array.from({ length: size }, (_, i) => Math.sin(seed * 12.9898 + i * 78.233));
  const length = Math.sqrt(raw.reduce((sum, x) => sum + x * x, 0));
  return raw.map((x) => x / length);
}

async function headquarters(brokerUrl?: string): Promise<CloudSync> {
  cpSync(blank, join(dir, "cloud"), { recursive: true });
  const cloud = await startCloudSync({
    ...{ dataDir: join(dir, "cloud"), store, embedderId, embedPhoto: async () => unitVector(0) },
    ...(brokerUrl === undefined ? {} : { brokerUrl }),
  });
  undo.push(() => cloud.stop());
  return cloud;
}

async function lane(name = terminal, embedder = embedderId): Promise<Catalog> {
  const catalog = await openCatalog({ dir: join(dir, name), embedderId: embedder, size });
  undo.push(() => catalog.stop());
  return catalog;
}

function follow(catalog: Catalog, brokerUrl: string, name = terminal): CatalogFollower {
  const follower = new CatalogFollower({ catalog, brokerUrl, store, terminal: name });
  follower.start();
  undo.push(() => follower.stop());
  return follower;
}

const level = async (catalog: Catalog, cloud: CloudSync) =>
  expect.poll(() => catalog.lsn, patience).toBe((await cloud.catalog.state()).lsn);

/** Every product, and that each of its references is found. */
async function expectSame(catalog: Catalog, cloud: CloudSync): Promise<void> {
  const truth = await cloud.catalog.products("", 500);
  for (const product of truth) expect(catalog.product(product.sku)).toEqual(product);
  expect(catalog.productCount).toBe(truth.length);
}

test("a price change and a new item sell here without a restart", async () => {
  const cloud = await headquarters();
  const catalog = await lane();
  const follower = follow(catalog, cloud.brokerUrl);
  await cloud.catalog.putProduct(item("apple"), "test");
  await expect.poll(() => catalog.product(sku("apple"))?.price.minor, patience).toBe(199);
  await cloud.catalog.setPrice(sku("apple"), money(249, "EUR"), "test");
  await cloud.catalog.addReferences(sku("apple"), [{ id: "r1", vector: unitVector(1) }], "test");
  await expect.poll(() => catalog.nearest(unitVector(1), 1)[0]?.sku, patience).toBe("apple");
  expect(catalog.product(sku("apple"))?.price.minor).toBe(249);
  await cloud.catalog.removeProduct(sku("apple"), "test");
  await expect.poll(() => catalog.product(sku("apple")), patience).toBeUndefined();
  expect(catalog.nearest(unitVector(1), 1)).toEqual([]);
  await expect.poll(() => follower.health().detail, patience).toBe("level with headquarters");
  expect(follower.rejects()).toEqual({});
});

test("a lane that was away for 500 changes catches up to the same state, live changes in between", async () => {
  const cloud = await headquarters();
  const catalog = await lane();
  const first = follow(catalog, cloud.brokerUrl);
  await cloud.catalog.putProduct(item("A"), "test");
  await level(catalog, cloud);
  await first.stop();
  for (let i = 0; i < 250; i++) {
    await cloud.catalog.putProduct(item(`P${i % 60}`, 100 + i), "test");
    if (i % 60 === i)
      await cloud.catalog.addReferences(sku(`P${i}`), [{ id: `r${i}`, vector: unitVector(i) }], "test");
    else await cloud.catalog.setPrice(sku(`P${i % 60}`), money(5000 + i, "EUR"), "test");
  }
  expect((await cloud.catalog.state()).lsn).toBeGreaterThan(500);
  follow(catalog, cloud.brokerUrl);
  for (let i = 0; i < 20; i++) await cloud.catalog.setPrice(sku("A"), money(i, "EUR"), "test");
  await level(catalog, cloud);
  await expectSame(catalog, cloud);
  for (let i = 0; i < 60; i++) expect(catalog.nearest(unitVector(i), 1)[0]?.referenceId).toBe(`r${i}`);
}, 60_000);

test("the broker restarts in the middle of changes: none is missed, the lane goes on reading", async () => {
  let broker: Broker = await startBroker();
  undo.push(() => broker.close());
  const cloud = await headquarters(broker.url);
  const catalog = await lane();
  const follower = follow(catalog, broker.url);
  await cloud.catalog.putProduct(item("A"), "test");
  await level(catalog, cloud);
  for (let round = 0; round < 3; round++) {
    const { port } = broker;
    await broker.close();
    for (let i = 0; i < 10; i++)
      await cloud.catalog.setPrice(sku("A"), money(round * 100 + i, "EUR"), "test");
    expect(catalog.product(sku("A"))).toBeDefined();
    await expect.poll(() => follower.health().state, patience).toBe("degraded");
    broker = await startBroker(port);
    await cloud.catalog.setPrice(sku("A"), money(round * 100 + 50, "EUR"), "test");
    await level(catalog, cloud);
    await expectSame(catalog, cloud);
  }
}, 90_000);

test("rubbish on its topics is counted by reason and changes nothing", async () => {
  const cloud = await headquarters();
  const catalog = await lane();
  const follower = follow(catalog, cloud.brokerUrl);
  await cloud.catalog.putProduct(item("A"), "test");
  await level(catalog, cloud);
  const before = catalog.lsn;
  const attacker = await mqtt.connectAsync(cloud.brokerUrl);
  undo.push(() => attacker.endAsync());
  const change = { kind: "productUpserted", lsn: before + 1, product: item("A", 1) };
  const foreign = { id: "x", sku: "A", embedderId: "other", vector: Array.from(unitVector(1)) };
  const long = { ...foreign, embedderId, vector: Array.from(unitVector(1), (x) => x * 2) };
  for (const payload of [
    "not JSON",
    "{}",
    JSON.stringify({ fromLsn: before, toLsn: before + 1, changes: [{ ...change, kind: "unknown" }] }),
    JSON.stringify({ fromLsn: before, toLsn: before + 1, changes: [change, change] }),
    JSON.stringify({
      fromLsn: before,
      toLsn: before + 2,
      changes: [change, { kind: "referenceUpserted", lsn: before + 2, reference: foreign }],
    }),
    JSON.stringify({
      fromLsn: before,
      toLsn: before + 2,
      changes: [change, { kind: "referenceUpserted", lsn: before + 2, reference: long }],
    }),
  ])
    await attacker.publishAsync(topics.catalogDelta.topic(store), payload, { qos: 1 });
  await expect
    .poll(() => follower.rejects(), patience)
    .toEqual({
      ...{ "rejected MALFORMED": 3, "rejected CATALOG_REFUSED": 2, "rejected CATALOG_EMBEDDER": 1 },
    });
  expect(catalog.lsn).toBe(before);
  expect(catalog.product(sku("A"))?.price.minor).toBe(199);
});

test("a lane of another embedder takes nothing and says why", async () => {
  const cloud = await headquarters();
  await cloud.catalog.putProduct(item("A"), "test");
  const catalog = await lane("old-lane", "old-embedder");
  const follower = follow(catalog, cloud.brokerUrl, "old-lane");
  await expect
    .poll(() => follower.health().detail, patience)
    .toContain("headquarters uses embedder test-embedder");
  expect(catalog.lsn).toBe(0);
});

/** Stands between lane and broker; `cut` drops every connection without a goodbye, as a dead lane does. */
async function wire(brokerUrl: string): Promise<{ readonly url: string; cut(): void }> {
  const ends = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(new URL(brokerUrl).port), "127.0.0.1");
    for (const [a, b] of [[near, far] as const, [far, near] as const]) {
      ends.add(a);
      a.pipe(b);
      a.on("error", () => {}).on("close", () => b.destroy());
    }
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const cut = () => {
    for (const end of ends) end.destroy();
    ends.clear();
  };
  undo.push(() => {
    cut();
    server.close();
  });
  return { url: `mqtt://127.0.0.1:${(server.address() as { port: number }).port}`, cut };
}

test("birth and goodbye are retained, a lane that drops dead is offline by its will, each life has its session", async () => {
  const cloud = await headquarters();
  const watcher = await mqtt.connectAsync(cloud.brokerUrl);
  undo.push(() => watcher.endAsync());
  const seen: Presence[] = [];
  watcher.on("message", (_, payload) => seen.push(Presence.parse(JSON.parse(payload.toString()))));
  await watcher.subscribeAsync(topics.presence.topic(store, terminal), { qos: 1 });
  const catalog = await lane();
  const line = await wire(cloud.brokerUrl);
  const first = follow(catalog, line.url);
  first.start();
  await cloud.catalog.putProduct(item("A"), "test");
  await expect.poll(() => seen.at(-1), patience).toEqual({ state: "online", session: 1, lsn: 1 });
  line.cut();
  await expect.poll(() => seen.at(-1), patience).toMatchObject({ state: "online", session: 2 });
  expect(seen.map(({ state, session }) => `${session} ${state}`)).toContain("1 offline");
  await first.stop();
  await first.stop();
  await expect.poll(() => seen.at(-1), patience).toMatchObject({ state: "offline", session: 2 });
  follow(catalog, cloud.brokerUrl);
  await expect.poll(() => seen.at(-1), patience).toMatchObject({ state: "online", session: 3 });
});

test("a broker that is not there disturbs nothing, and stopping does not wait for it", async () => {
  const catalog = await lane();
  const follower = follow(catalog, "mqtt://127.0.0.1:1");
  catalog.enrol(item("own"), []);
  expect(catalog.product(sku("own"))).toBeDefined();
  await expect
    .poll(() => follower.health(), patience)
    .toMatchObject({ state: "degraded", fix: expect.stringContaining("sync.brokerUrl") });
  await follower.stop();
});

function mosquittoPath(): string | undefined {
  for (const path of ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto"])
    try {
      execFileSync(path, ["-h"], { stdio: "ignore" });
      return path;
    } catch (error) {
      // It answers -h with exit status 3; only a missing program has none.
      if (
        (error as { status?: number }).status !== undefined &&
        (error as { status: number | null }).status !== null
      )
        return path;
    }
  return undefined;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const mosquitto = mosquittoPath();

test.skipIf(!mosquitto)(
  `the same over mosquitto, killed and started again${mosquitto ? "" : " (skipped: install the Debian package mosquitto)"}`,
  async () => {
    const port = await freePort();
    writeFileSync(
      join(dir, "mosquitto.conf"),
      `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n`,
    );
    const boot = (): ChildProcess =>
      spawn(mosquitto as string, ["-c", join(dir, "mosquitto.conf")], { stdio: "ignore" });
    const kill = (child: ChildProcess) =>
      new Promise<void>((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once("exit", () => resolve());
        child.kill("SIGKILL");
      });
    let broker = boot();
    undo.push(() => kill(broker));
    const url = `mqtt://127.0.0.1:${port}`;
    const cloud = await headquarters(url);
    const catalog = await lane();
    follow(catalog, url);
    await cloud.catalog.putProduct(item("A"), "test");
    await cloud.catalog.addReferences(sku("A"), [{ id: "r", vector: unitVector(3) }], "test");
    await expect.poll(() => catalog.nearest(unitVector(3), 1)[0]?.sku, patience).toBe("A");
    await kill(broker);
    await cloud.catalog.setPrice(sku("A"), money(777, "EUR"), "test");
    broker = boot();
    await expect.poll(() => catalog.product(sku("A"))?.price.minor, patience).toBe(777);
  },
  60_000,
);
