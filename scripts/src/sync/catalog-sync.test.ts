import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Broker, type CloudSync, startBroker, startCloudSync } from "@tillsight/cloud-sync";
import { money, Presence, Product, type Sku, topics } from "@tillsight/contracts";
import { type Catalog, CatalogFollower, openCatalog } from "@tillsight/edge-daemon";
import { generateSigningKey, hex, parsePublicKey, publicKeyText } from "@tillsight/sync-protocol";
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
  });
  await cloud.stop();
}, 180_000);
afterAll(() => rmSync(blank, { recursive: true, force: true }));

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tillsight-sync-"));
  undo = [() => rmSync(dir, { recursive: true, force: true })];
});
afterEach(async () => {
  for (const step of undo.reverse()) await step();
});

const someKey = publicKeyText(generateSigningKey().publicKey);
const sku = (text: string) => text as Sku;
const item = (name: string, cents = 199): Product =>
  Product.parse({
    ...{ sku: name, name: `Item ${name}`, unit: "each", price: money(cents, "EUR"), taxRateBp: 700 },
    ...{ gtins: [], plu: null, tareGrams: 0, unitGrams: null, unitToleranceGrams: 0, minAge: null },
  });

function unitVector(seed: number): Float32Array {
  const raw = Float32Array.from({ length: size }, (_, i) => Math.sin(seed * 12.9898 + i * 78.233));
  const length = Math.sqrt(raw.reduce((sum, x) => sum + x * x, 0));
  return raw.map((x) => x / length);
}

async function headquarters(brokerUrl?: string): Promise<CloudSync> {
  cpSync(blank, join(dir, "cloud"), { recursive: true });
  const cloud = await startCloudSync({
    ...{ dataDir: join(dir, "cloud"), store, embedderId },
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

function follow(
  catalog: Catalog,
  cloud: Pick<CloudSync, "brokerUrl" | "publicKey">,
  name = terminal,
): CatalogFollower {
  const { brokerUrl, publicKey } = cloud;
  const trustedKeys = [parsePublicKey(publicKey)];
  const chunks = join(dir, name, "snapshot");
  const follower = new CatalogFollower({
    catalog,
    brokerUrl,
    store,
    terminal: name,
    trustedKeys,
    dir: chunks,
  });
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
  const state = await cloud.publisher.ledger.state(store);
  expect(catalog.recount()).toMatchObject({ stateHash: hex(state?.stateHash ?? new Uint8Array()) });
  expect(catalog.syncState.stateHash).toBe(catalog.recount().stateHash);
}

test("a price change and a new item sell here without a restart", async () => {
  const cloud = await headquarters();
  const catalog = await lane();
  const follower = follow(catalog, cloud);
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
  expect(follower.sync.refusals).toEqual({});
});

test("a lane that was away for 500 changes catches up to the same state, live changes in between", async () => {
  const cloud = await headquarters();
  const catalog = await lane();
  const first = follow(catalog, cloud);
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
  follow(catalog, cloud);
  for (let i = 0; i < 20; i++) await cloud.catalog.setPrice(sku("A"), money(i, "EUR"), "test");
  await level(catalog, cloud);
  await expectSame(catalog, cloud);
  for (let i = 0; i < 60; i++) expect(catalog.nearest(unitVector(i), 1)[0]?.referenceId).toBe(`r${i}`);
}, 180_000);

test("the broker restarts in the middle of changes: none is missed, the lane goes on reading", async () => {
  let broker: Broker = await startBroker();
  undo.push(() => broker.close());
  const cloud = await headquarters(broker.url);
  const catalog = await lane();
  const follower = follow(catalog, cloud);
  await cloud.catalog.putProduct(item("A"), "test");
  await level(catalog, cloud);
  for (let round = 0; round < 3; round++) {
    const { port } = broker;
    await broker.close();
    for (let i = 0; i < 10; i++)
      await cloud.catalog.setPrice(sku("A"), money(round * 100 + i, "EUR"), "test");
    expect(catalog.product(sku("A"))).toBeDefined();
    await expect.poll(() => follower.health().state, patience).toBe("degraded");
    broker = await startBroker({ port });
    await cloud.catalog.setPrice(sku("A"), money(round * 100 + 50, "EUR"), "test");
    await level(catalog, cloud);
    await expectSame(catalog, cloud);
  }
}, 90_000);

test("rubbish on its topics is counted by reason and changes nothing", async () => {
  const cloud = await headquarters();
  const catalog = await lane();
  const follower = follow(catalog, cloud);
  await cloud.catalog.putProduct(item("A"), "test");
  await level(catalog, cloud);
  const before = catalog.syncState;
  const attacker = await mqtt.connectAsync(cloud.brokerUrl);
  undo.push(() => attacker.endAsync());
  const seen = await heard(cloud.brokerUrl, topics.catalogDelta.topic(store));
  await cloud.catalog.setPrice(sku("A"), money(299, "EUR"), "test");
  await level(catalog, cloud);
  const [real] = seen as [Buffer];
  const flipped = Buffer.from(real);
  flipped[100] = (flipped[100] as number) ^ 1;
  for (const payload of [Buffer.from("not a frame, but as long as one"), real, flipped, real.subarray(0, 50)])
    await attacker.publishAsync(topics.catalogDelta.topic(store), payload, { qos: 1 });
  await expect
    .poll(() => follower.sync.refusals, patience)
    .toEqual({ malformed: 1, replayed: 1, damaged: 1, truncated: 1 });
  expect(catalog.lsn).toBe(before.lsn + 1);
  expect(catalog.product(sku("A"))?.price.minor).toBe(299);
});

test("a lane that believes no key takes nothing and says what to set", async () => {
  const cloud = await headquarters();
  await cloud.catalog.putProduct(item("A"), "test");
  const catalog = await lane();
  const follower = follow(catalog, { ...cloud, publicKey: someKey });
  await expect.poll(() => follower.sync.refusals.unknownKey, patience).toBeGreaterThan(0);
  expect(catalog.lsn).toBe(0);
});

test("a new lane takes a snapshot when the first deltas are not kept any more, and follows from there", async () => {
  const cloud = await headquarters();
  for (let i = 0; i < 30; i++) await cloud.catalog.putProduct(item(`P${i}`), "test");
  await cloud.catalog.addReferences(sku("P1"), [{ id: "r1", vector: unitVector(1) }], "test");
  await cloud.publisher.history(store).begin();
  const catalog = await lane();
  const follower = follow(catalog, cloud);
  await level(catalog, cloud);
  await expectSame(catalog, cloud);
  await expect.poll(() => catalog.nearest(unitVector(1), 1)[0]?.sku, patience).toBe("P1");
  await cloud.catalog.setPrice(sku("P1"), money(1, "EUR"), "test");
  await level(catalog, cloud);
  await expectSame(catalog, cloud);
  expect(follower.sync.refusals).toEqual({});
}, 180_000);

test("a lane of another embedder takes nothing and says why", async () => {
  const cloud = await headquarters();
  await cloud.catalog.putProduct(item("A"), "test");
  const catalog = await lane("old-lane", "old-embedder");
  const follower = follow(catalog, cloud, "old-lane");
  await expect
    .poll(() => follower.health().detail, patience)
    .toContain("headquarters uses embedder test-embedder");
  expect(catalog.lsn).toBe(0);
});

/** Everything that is published on a topic from now on. */
async function heard(brokerUrl: string, topic: string): Promise<Buffer[]> {
  const client = await mqtt.connectAsync(brokerUrl);
  undo.push(() => client.endAsync());
  const seen: Buffer[] = [];
  client.on("message", (_, payload) => seen.push(payload));
  await client.subscribeAsync(topic, { qos: 1 });
  return seen;
}

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
  const first = follow(catalog, { ...cloud, brokerUrl: line.url });
  first.start();
  await cloud.catalog.putProduct(item("A"), "test");
  await expect.poll(() => seen.at(-1), patience).toEqual({ state: "online", session: 1, lsn: 1 });
  line.cut();
  await expect.poll(() => seen.at(-1), patience).toMatchObject({ state: "online", session: 2 });
  expect(seen.map(({ state, session }) => `${session} ${state}`)).toContain("1 offline");
  await first.stop();
  await first.stop();
  await expect.poll(() => seen.at(-1), patience).toMatchObject({ state: "offline", session: 2 });
  follow(catalog, cloud);
  await expect.poll(() => seen.at(-1), patience).toMatchObject({ state: "online", session: 3 });
});

test("a broker that is not there disturbs nothing, and stopping does not wait for it", async () => {
  const catalog = await lane();
  const follower = follow(catalog, { brokerUrl: "mqtt://127.0.0.1:1", publicKey: someKey });
  catalog.enrol(item("own"), []);
  expect(catalog.product(sku("own"))).toBeDefined();
  await expect
    .poll(() => follower.health(), patience)
    .toMatchObject({ state: "degraded", fix: expect.stringContaining("sync.brokerUrl") });
  await follower.stop();
});
