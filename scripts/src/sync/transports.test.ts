import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CloudSync,
  mosquittoAcl,
  mosquittoPassword,
  startBroker,
  startCloudSync,
} from "@tillsight/cloud-sync";
import {
  headquartersRights,
  type MqttVersion,
  money,
  Product,
  type Sku,
  terminalRights,
} from "@tillsight/contracts";
import { CatalogFollower, openCatalog } from "@tillsight/edge-daemon";
import { generateSigningKey, parsePublicKey, publicKeyText } from "@tillsight/sync-protocol";
import mqtt from "mqtt";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { call, openLaneEnd } from "../fleet/bench-fleet.js";
import { Undo } from "../lane/undo.js";
import {
  type Mosquitto,
  type MosquittoOptions,
  mosquittoPath,
  startMosquitto,
} from "../prove/sync/mosquitto.js";
import { type Certificate, makeCertificate } from "./certificate.js";

const store = "store-1";
const embedderId = "test-embedder";
const patience = { timeout: 60_000, interval: 50 };
const rights = {
  headquarters: headquartersRights,
  [`${store}.lane-1`]: terminalRights(store, "lane-1"),
  [`${store}.lane-2`]: terminalRights(store, "lane-2"),
};
type User = keyof typeof rights;
const passwordOf = (user: User): string => `the password of ${user}`;
const credentials = (user: User) => ({ username: user, password: passwordOf(user) });
const acl = (changed: Partial<typeof rights> = {}): string =>
  mosquittoAcl(
    Object.entries({ ...rights, ...changed }).map(([username, own]) => ({ username, rights: own })),
  );

let dir: string;
let undo: Undo;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tillsight-transports-"));
  undo = new Undo();
  undo.add(() => rmSync(dir, { recursive: true, force: true }));
});
afterEach(() => undo.run());

async function openBroker(options: Partial<MosquittoOptions> = {}, changed = {}): Promise<Mosquitto> {
  const passwords = (Object.keys(rights) as User[]).map((user) => mosquittoPassword(user, passwordOf(user)));
  const users = { passwords, acl: acl(changed) };
  const broker = await startMosquitto({ dir: join(dir, "mosquitto"), users, ...options });
  undo.add(() => broker.stop());
  return broker;
}

async function openHeadquarters(
  brokerUrl: string,
  mqttVersion: MqttVersion | undefined,
  ca?: string,
): Promise<CloudSync> {
  const cloud = await startCloudSync({
    ...{ dataDir: join(dir, "cloud"), store, embedderId, brokerUrl, mqttVersion },
    ...{ brokerAccess: credentials("headquarters"), brokerCa: ca },
  });
  undo.add(() => cloud.stop());
  return cloud;
}

const anybodys = publicKeyText(generateSigningKey().publicKey);
const addressOf = ({ brokerUrl, publicKey }: CloudSync) => ({ brokerUrl, publicKey });

interface LaneOptions {
  readonly brokerUrl: string;
  /** Of headquarters; left out where there is none. */
  readonly publicKey?: string;
  readonly mqttVersion?: MqttVersion;
  readonly ca?: string;
  readonly password?: string;
  readonly folder?: string;
}

async function openLane({ folder = "lane-1", password, publicKey = anybodys, ...more }: LaneOptions) {
  const catalog = await openCatalog({ dir: join(dir, folder), embedderId, size: 32 });
  undo.add(() => catalog.stop());
  const own = credentials(`${store}.lane-1`);
  const follower = new CatalogFollower({
    ...{ catalog, store, terminal: "lane-1", dir: join(dir, folder, "snapshot"), ...more },
    trustedKeys: [parsePublicKey(publicKey)],
    credentials: { ...own, password: password ?? own.password },
  });
  follower.start();
  undo.add(() => follower.stop());
  return { catalog, follower };
}

const item = (name: string, cents: number): Product =>
  Product.parse({
    ...{ sku: name, name: `Item ${name}`, unit: "each", price: money(cents, "EUR"), taxRateBp: 700 },
    ...{ gtins: [], plu: null, tareGrams: 0, minAge: null },
  });

/** Whether the broker kept a session of a client that is gone. */
async function sessionKept(url: string, clientId: string, user: User, ca: string | undefined) {
  const client = mqtt.connect(url, { ...credentials(user), ...(ca ? { ca } : {}), clientId, clean: false });
  undo.add(() => client.endAsync(true));
  return new Promise<boolean>((resolve, reject) => {
    client.once("connect", (packet) => resolve(packet.sessionPresent));
    client.once("error", reject);
  });
}

const combinations = ([5, 4] as const).flatMap((version) =>
  [false, true].flatMap((webSockets) => [false, true].map((tls) => ({ version, webSockets, tls }))),
);
const nameOf = ({ version, webSockets, tls }: (typeof combinations)[number]) =>
  `MQTT ${version === 5 ? "5" : "3.1.1"} over ${webSockets ? "ws" : "mqtt"}${tls ? "s" : ""}://`;
const missing = !mosquittoPath();

describe.skipIf(missing)(
  `at a real mosquitto${missing ? " (skipped: install Debian's package)" : ""}`,
  () => {
    test.each(combinations.map((combination) => [nameOf(combination), combination] as const))(
      "%s: a lane with its own password gets catalog and prices, sells and is seen, and leaves no session behind",
      async (_, { version, webSockets, tls }) => {
        const certificate: Certificate | undefined = tls ? makeCertificate(dir) : undefined;
        const ca = certificate?.ca;
        const broker = await openBroker({ webSockets, ...(certificate ? { tls: certificate } : {}) });
        const cloud = await openHeadquarters(broker.url, version, ca);
        for (const name of ["A", "B", "C"]) await cloud.catalog.putProduct(item(name, 100), "test");
        const access = { mqttVersion: version, ...(ca === undefined ? {} : { ca }) };
        const { catalog, follower } = await openLane({ ...addressOf(cloud), ...access });
        await expect.poll(() => catalog.productCount, patience).toBe(3);
        await cloud.catalog.setPrice("B" as Sku, money(777, "EUR"), "test");
        await expect.poll(() => catalog.product("B" as Sku)?.price.minor, patience).toBe(777);
        expect(follower.sync.refusals).toEqual({});
        await expect
          .poll(() => follower.health(), patience)
          .toMatchObject({ state: "ok", facts: { behind: 0 } });

        const laneUser: User = `${store}.lane-1`;
        const end = openLaneEnd({
          ...{ dir: join(dir, "lane-1"), store },
          broker: { url: broker.url, credentials: credentials(laneUser), ...access },
        });
        undo.add(() => end.stop());
        end.sell(1, 3);
        const ask = async (path: string) => (await call(cloud, "GET", path)).json;
        await expect.poll(async () => (await ask("/api/sales")).sales.length, patience).toBe(3);
        expect((await ask(`/api/fleet/terminals/${store}/lane-1`)).presence).toBe("online");

        // In mosquitto's log p2 is MQTT 3.1.1, and c1 a clean start.
        const spoken = (client: string) => `as ${client} (p${version === 5 ? 5 : 2}, c1, k20, u'`;
        for (const client of ["tillsight-hq-", "tillsight-hq-fleet-"])
          expect(broker.log()).toMatch(
            new RegExp(`as ${client}[0-9a-f-]{36} \\(p${version === 5 ? 5 : 2}, c1,`),
          );
        for (const client of [`tillsight-${store}-lane-1`, `tillsight-${store}-lane-1-up`])
          expect(broker.log()).toContain(`${spoken(client)}${laneUser}'`);

        await follower.stop();
        expect(await sessionKept(broker.url, `tillsight-${store}-lane-1`, laneUser, ca)).toBe(false);
      },
      180_000,
    );

    test("a lane of MQTT 3.1.1 and headquarters of MQTT 5 understand each other", async () => {
      const broker = await openBroker();
      const cloud = await openHeadquarters(broker.url, 5);
      await cloud.catalog.putProduct(item("A", 100), "test");
      const { catalog } = await openLane({ ...addressOf(cloud), mqttVersion: 4 });
      await expect.poll(() => catalog.productCount, patience).toBe(1);
    }, 120_000);

    test.each([
      [4, "(5)"],
      [5, "(135)"],
    ] as const)(
      "a wrong password over MQTT level %s is named, with the settings to correct",
      async (version, code) => {
        const broker = await openBroker();
        const { follower } = await openLane({
          ...{ brokerUrl: broker.url, mqttVersion: version, password: "guessed" },
        });
        await expect
          .poll(() => follower.health().detail, patience)
          .toContain(`refuses the user or password ${code}`);
        expect(follower.health().fix).toContain("sync.passwordFile");
      },
      120_000,
    );

    test("a certificate of an authority that nobody named is told also over wss, with the setting for it", async () => {
      const tls = makeCertificate(dir);
      const broker = await openBroker({ tls, webSockets: true });
      const { follower } = await openLane({ brokerUrl: broker.url });
      await expect.poll(() => follower.health().detail, patience).toContain("cannot be trusted");
      expect(follower.health().fix).toContain("sync.caFile");
    }, 120_000);

    test("a change that the broker does not let headquarters publish is no success: it goes out once the right is given", async () => {
      const mute = { headquarters: { ...headquartersRights, publish: ["tillsight/+/catalog/head"] } };
      const broker = await openBroker({}, mute);
      const cloud = await openHeadquarters(broker.url, 5);
      const { catalog } = await openLane(addressOf(cloud));
      const unsaid = async () => (await cloud.publisher.ledger.unpublished(store, 10)).length;
      await cloud.catalog.putProduct(item("A", 100), "test");
      const topic = `tillsight/${store}/catalog/delta`;
      await expect
        .poll(() => cloud.publisher.health(), patience)
        .toMatchObject({
          ...{ state: "degraded", fix: expect.stringContaining("--mosquitto-files") },
          detail: `the broker does not let this user publish on ${topic} (135)`,
        });
      expect(await unsaid()).toBe(1);
      broker.setAcl(acl());
      await expect
        .poll(
          async () => {
            await cloud.catalog.setPrice("A" as Sku, money(200, "EUR"), "test");
            return unsaid();
          },
          { timeout: 60_000, interval: 500 },
        )
        .toBe(0);
      await expect.poll(() => catalog.product("A" as Sku)?.price.minor, patience).toBe(200);
      await expect.poll(() => cloud.publisher.health().state, patience).toBe("ok");
    }, 180_000);

    test("what a lane may not say is named by its topic, and said again once the right is given", async () => {
      const user = `${store}.lane-1`;
      const own = terminalRights(store, "lane-1");
      const silenced = { ...own, publish: own.publish.filter((topic) => !/birth|request/.test(topic)) };
      const broker = await openBroker({}, { [user]: silenced });
      const cloud = await openHeadquarters(broker.url, 5);
      await cloud.catalog.putProduct(item("A", 100), "test");
      const { catalog, follower } = await openLane(addressOf(cloud));
      const end = openLaneEnd({
        ...{ dir: join(dir, "lane-1"), store },
        broker: { url: broker.url, credentials: credentials(user) },
      });
      undo.add(() => end.stop());
      end.sell(1, 1);
      const denied = (topic: string) => ({
        ...{ state: "degraded", fix: expect.stringContaining("rights at the broker") },
        detail: expect.stringContaining(`publish on tillsight/${store}/lane/lane-1/${topic} (135)`),
      });
      await expect.poll(() => follower.health(), patience).toMatchObject(denied("request"));
      await expect.poll(() => end.uplink.health(), patience).toMatchObject(denied("birth"));
      broker.setAcl(acl());
      const sales = async () => (await call(cloud, "GET", "/api/sales")).json.sales.length;
      await expect.poll(sales, patience).toBe(1);
      await expect.poll(() => catalog.productCount, patience).toBe(1);
      await expect
        .poll(() => [follower.health().state, end.uplink.health().state], patience)
        .toEqual(["ok", "ok"]);
    }, 300_000);

    test("a broker with a limit of messages that ours may pass is named before one does", async () => {
      const broker = await openBroker({ settings: ["max_packet_size 65536"] });
      const cloud = await openHeadquarters(broker.url, 5);
      await expect
        .poll(() => cloud.publisher.health(), patience)
        .toMatchObject({ state: "degraded", fix: expect.stringContaining("256 KiB") });
      expect(cloud.publisher.health().detail).toContain("takes messages of 65536 bytes at most");
    }, 120_000);

    test("two lanes that share a name are told that they throw each other out", async () => {
      const broker = await openBroker();
      const { follower } = await openLane({ brokerUrl: broker.url });
      await expect.poll(() => follower.health().facts?.connected, patience).toBe(true);
      await openLane({ brokerUrl: broker.url, folder: "copy" });
      await expect.poll(() => follower.health().fix ?? "", patience).toContain("`terminal` of its own");
    }, 120_000);
  },
);

describe("at the embedded broker, which speaks MQTT 3.1.1", () => {
  test("a lane whose settings name no version gets the catalog, and starts one session for it", async () => {
    const cloud = await startCloudSync({ dataDir: join(dir, "cloud"), store, embedderId });
    undo.add(() => cloud.stop());
    await cloud.catalog.putProduct(item("A", 100), "test");
    const { catalog, follower } = await openLane(addressOf(cloud));
    await expect.poll(() => catalog.productCount, patience).toBe(1);
    expect(follower.health().state).toBe("ok");
    expect(catalog.nextSession()).toBe(2);
  }, 120_000);

  test("a lane that is to speak MQTT 5 and nothing else says why it cannot", async () => {
    const broker = await startBroker();
    undo.add(() => broker.close());
    const { follower } = await openLane({ brokerUrl: broker.url, mqttVersion: 5 });
    await expect
      .poll(() => follower.health().detail, patience)
      .toContain("does not speak this version of MQTT (1)");
    expect(follower.health().fix).toContain("sync.mqttVersion");
  }, 120_000);

  test("a lane that finds a web server there is told to look at its address", async () => {
    const web = createServer((_, response) => response.writeHead(404).end()).listen(0, "127.0.0.1");
    await once(web, "listening");
    undo.add(() => web.close());
    const { port } = web.address() as AddressInfo;
    const { follower } = await openLane({ brokerUrl: `ws://127.0.0.1:${port}/mqtt` });
    await expect
      .poll(() => follower.health().detail, patience)
      .toContain("offers no WebSocket for MQTT there");
    expect(follower.health().fix).toContain("sync.brokerUrl");
  }, 120_000);
});
