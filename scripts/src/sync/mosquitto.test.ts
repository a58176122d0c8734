import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CloudSync,
  mosquittoAcl,
  mosquittoPassword,
  startBroker,
  startCloudSync,
} from "@tillsight/cloud-sync";
import { headquartersRights, money, Product, type Sku, terminalRights, topics } from "@tillsight/contracts";
import { type Catalog, CatalogFollower, openCatalog } from "@tillsight/edge-daemon";
import { parsePublicKey } from "@tillsight/sync-protocol";
import mqtt, { type MqttClient } from "mqtt";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { mosquittoPath, startMosquitto } from "../prove/sync/mosquitto.js";
import { type Certificate, makeCertificate } from "./certificate.js";

const store = "store-1";
const embedderId = "test-embedder";
const patience = { timeout: 20_000, interval: 50 };
const users = {
  hq: { password: "of-headquarters", rights: headquartersRights },
  "store-1.lane-1": { password: "of-lane-1", rights: terminalRights(store, "lane-1") },
  "store-1.lane-2": { password: "of-lane-2", rights: terminalRights(store, "lane-2") },
};
type User = keyof typeof users;

let dir: string;
let undo: (() => unknown)[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tillsight-tls-"));
  undo = [() => rmSync(dir, { recursive: true, force: true })];
});
afterEach(async () => {
  for (const step of undo.reverse()) await step();
});

/** Both brokers are to do the same. */
const brokers: [name: string, open: (tls: Certificate) => Promise<string>][] = [
  [
    "mosquitto",
    async (tls) => {
      const list = Object.entries(users).map(([username, { rights }]) => ({ username, rights }));
      const passwords = Object.entries(users).map(([name, { password }]) =>
        mosquittoPassword(name, password),
      );
      const broker = await startMosquitto({
        dir: join(dir, "m"),
        tls,
        users: { passwords, acl: mosquittoAcl(list) },
      });
      undo.push(() => broker.stop());
      return broker.url;
    },
  ],
  [
    "the embedded broker",
    async (tls) => {
      const broker = await startBroker({
        tls: { cert: readFileSync(tls.cert, "utf8"), key: readFileSync(tls.key, "utf8") },
        authenticate: async (username, password) => {
          const user = users[username as User];
          return user?.password === password ? user.rights : null;
        },
      });
      undo.push(() => broker.close());
      return broker.url;
    },
  ],
];

const item = (name: string, cents: number): Product =>
  Product.parse({
    ...{ sku: name, name: `Item ${name}`, unit: "each", price: money(cents, "EUR"), taxRateBp: 700 },
    ...{ gtins: [], plu: null, tareGrams: 0, unitGrams: null, unitToleranceGrams: 0, minAge: null },
  });

async function headquarters(brokerUrl: string, ca: string): Promise<CloudSync> {
  const cloud = await startCloudSync({
    ...{
      dataDir: join(dir, "cloud"),
      store,
      embedderId,
      brokerUrl,
    },
    ...{ brokerAccess: { username: "hq", password: users.hq.password }, brokerCa: ca },
  });
  undo.push(() => cloud.stop());
  return cloud;
}

async function lane(cloud: CloudSync, ca: string, password: string): Promise<[Catalog, CatalogFollower]> {
  const catalog = await openCatalog({ dir: join(dir, "lane"), embedderId, size: 32 });
  undo.push(() => catalog.stop());
  const follower = new CatalogFollower({
    ...{ catalog, brokerUrl: cloud.brokerUrl, store, terminal: "lane-1", dir: join(dir, "snapshot"), ca },
    ...{
      trustedKeys: [parsePublicKey(cloud.publicKey)],
      credentials: { username: "store-1.lane-1", password },
    },
  });
  follower.start();
  undo.push(() => follower.stop());
  return [catalog, follower];
}

describe.each(brokers)("TLS, passwords and rights at %s", (name, open) => {
  const missing = name === "mosquitto" && !mosquittoPath();

  test.skipIf(missing)(
    "a lane with its password gets the catalog, also a snapshot",
    async () => {
      const tls = makeCertificate(dir);
      const cloud = await headquarters(await open(tls), tls.ca);
      for (let i = 0; i < 5; i++) await cloud.catalog.putProduct(item(`P${i}`, 100), "test");
      await cloud.publisher.history(store).begin();
      const [catalog, follower] = await lane(cloud, tls.ca, users["store-1.lane-1"].password);
      await expect.poll(() => catalog.productCount, patience).toBe(5);
      await cloud.catalog.setPrice("P1" as Sku, money(777, "EUR"), "test");
      await expect.poll(() => catalog.product("P1" as Sku)?.price.minor, patience).toBe(777);
      expect(follower.sync.refusals).toEqual({});
    },
    180_000,
  );

  test.skipIf(missing)(
    "a wrong password, or a certificate of nobody known, gets nothing",
    async () => {
      const tls = makeCertificate(dir);
      const cloud = await headquarters(await open(tls), tls.ca);
      await cloud.catalog.putProduct(item("A", 1), "test");
      const [catalog, follower] = await lane(cloud, tls.ca, "guessed");
      await expect(
        mqtt.connectAsync(cloud.brokerUrl, { ...login("hq"), reconnectPeriod: 0 }),
      ).rejects.toThrow(/certificate/);
      await expect.poll(() => follower.health().state, patience).toBe("degraded");
      expect(catalog.lsn).toBe(0);
    },
    180_000,
  );

  test.skipIf(missing)(
    "a lane hears neither another's answers nor another store, and cannot speak for others",
    async () => {
      const tls = makeCertificate(dir);
      const url = await open(tls);
      const connect = async (user: User): Promise<MqttClient> => {
        const client = await mqtt.connectAsync(url, { ...login(user), ca: tls.ca });
        undo.push(() => client.endAsync(true));
        return client;
      };
      const [hq, first, second] = [
        await connect("hq"),
        await connect("store-1.lane-1"),
        await connect("store-1.lane-2"),
      ];
      const heard: string[] = [];
      for (const client of [hq, first, second])
        client.on("message", (topic, text) => heard.push(`${topic} ${text}`));
      await hq.subscribeAsync(headquartersRights.subscribe as string[], { qos: 1 });
      const spied = [topics.catalogAnswer.topic(store, "lane-2"), topics.catalogDelta.topic("store-2"), "#"];
      for (const filter of spied) await first.subscribeAsync(filter, { qos: 1 }).catch(() => {});
      await second.subscribeAsync(terminalRights(store, "lane-2").subscribe as string[], { qos: 1 });
      const said: [MqttClient, string][] = [
        [first, topics.catalogRequest.topic(store, "lane-2")],
        [first, topics.catalogDelta.topic(store)],
        [first, topics.catalogAnswer.topic(store, "lane-2")],
        [hq, topics.catalogDelta.topic("store-2")],
        [first, topics.catalogRequest.topic(store, "lane-1")],
        [hq, topics.catalogAnswer.topic(store, "lane-2")],
      ];
      for (const [client, topic] of said) await client.publishAsync(topic, "x", { qos: 1 }).catch(() => {});
      await expect.poll(() => heard.length, patience).toBeGreaterThanOrEqual(2);
      expect(heard.sort()).toEqual(
        [
          `${topics.catalogAnswer.topic(store, "lane-2")} x`,
          `${topics.catalogRequest.topic(store, "lane-1")} x`,
        ].sort(),
      );
    },
    180_000,
  );
});

const login = (user: User) => ({ username: user, password: users[user].password });
