import { readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { type CatalogDelta, type CatalogHead, Sku, topics } from "@tillsight/contracts";
import { parsePublicKey, readMessage, Trust } from "@tillsight/sync-protocol";
import mqtt from "mqtt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CloudSync, startCloudSync } from "./cloud.js";
import { embedderId, product, temporaryFolder, testPhoto, testReader } from "./test-helpers.js";

let folder: ReturnType<typeof temporaryFolder>;
let cloud: CloudSync;
const store = "store-7";
const photoReader = testReader();
const start = () => startCloudSync({ dataDir: folder.dir, store, embedderId, photoReader });

beforeAll(async () => {
  folder = temporaryFolder();
  cloud = await start();
}, 120_000);
afterAll(async () => {
  await cloud.stop();
  folder.clean();
});

async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = { authorization: `Bearer ${cloud.token}` },
) {
  const raw = body instanceof Uint8Array || body instanceof FormData;
  const response = await fetch(`${cloud.url}${path}`, {
    method,
    headers: { ...(body !== undefined && !raw ? { "content-type": "application/json" } : {}), ...headers },
    ...(body === undefined ? {} : { body: raw ? (body as FormData) : JSON.stringify(body) }),
  });
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    body: (await response.json()) as Record<string, unknown>,
  };
}

const fields = { name: "Apple", unit: "each", price: { minor: 49, currency: "EUR" }, taxRateBp: 700 };

describe("products", () => {
  test("a product is put, read, found, priced and removed", async () => {
    expect(await call("PUT", "/api/products/apple", fields)).toMatchObject({
      status: 200,
      body: { changed: true, product: { gtins: [], plu: null } },
    });
    expect(
      await call("PUT", "/api/products/apple/price", { price: { minor: 59, currency: "EUR" } }),
    ).toMatchObject({ status: 200 });
    expect((await call("GET", "/api/products/apple")).body).toMatchObject({
      sku: "apple",
      price: { minor: 59 },
    });
    expect((await call("GET", "/api/products?search=app")).body.products).toHaveLength(1);
    expect(await call("DELETE", "/api/products/apple")).toMatchObject({
      status: 200,
      body: { changed: true },
    });
    expect((await call("GET", "/api/products/apple")).status).toBe(404);
  });

  const bad: [name: string, method: string, path: string, body: unknown, status: number][] = [
    ["a field that is missing", "PUT", "/api/products/x", { ...fields, name: undefined }, 400],
    ["a field nobody knows", "PUT", "/api/products/x", { ...fields, colour: "red" }, 400],
    ["a wrong check digit", "PUT", "/api/products/x", { ...fields, gtins: ["4006381333932"] }, 400],
    ["another SKU in the body", "PUT", "/api/products/x", { ...fields, sku: "y" }, 400],
    ["a SKU with a blank", "PUT", "/api/products/a%20b", fields, 400],
    ["a negative price", "PUT", "/api/products/x", { ...fields, price: { minor: -1, currency: "EUR" } }, 400],
    [
      "a price with cents after the point",
      "PUT",
      "/api/products/x/price",
      { price: { minor: 1.5, currency: "EUR" } },
      400,
    ],
    [
      "a price of a product that is not there",
      "PUT",
      "/api/products/x/price",
      { price: { minor: 1, currency: "EUR" } },
      404,
    ],
    ["a body too large", "PUT", "/api/products/x", { ...fields, name: "x".repeat(400_000) }, 413],
    ["an address that is none", "GET", "/api/nothing", undefined, 404],
    ["pictures as JSON", "POST", "/api/products/x/photos", { picture: 1 }, 400],
  ];
  test.each(bad)("%s is refused as a problem with a fix", async (_, method, path, body, status) => {
    const answer = await call(method, path, body);
    expect(answer).toMatchObject({ status, type: expect.stringContaining("application/problem+json") });
    expect(answer.body).toMatchObject({
      status,
      title: expect.any(String),
      fix: expect.stringMatching(/\w/),
    });
  });

  test("nothing but the health is for everybody", async () => {
    for (const headers of [{}, { authorization: "Bearer wrong" }, { authorization: cloud.token }])
      expect((await call("PUT", "/api/products/x", fields, headers as Record<string, string>)).status).toBe(
        401,
      );
    expect(
      (await call("POST", "/api/products/x/photos", await testPhoto(1), { "content-type": "image/png" }))
        .status,
    ).toBe(401);
    expect((await call("GET", "/api/products", undefined, {})).status).toBe(401);
    expect((await call("GET", "/healthz", undefined, {})).body).toMatchObject({
      state: "ok",
      parts: { catalog: { state: "ok" } },
    });
  });

  test("the token of this run is in the data folder, for its owner only", () => {
    const file = join(folder.dir, "token");
    expect(readFileSync(file, "utf8").trim()).toBe(cloud.token);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

test("changes reach a subscriber in order, the head is retained, and after a restart nothing comes again", async () => {
  const client = await mqtt.connectAsync(cloud.brokerUrl);
  const deltas: CatalogDelta[] = [];
  const heads: CatalogHead[] = [];
  const trust = new Trust([parsePublicKey(cloud.publicKey)]);
  client.on("message", (_, payload) => {
    const message = readMessage(payload, store, trust);
    if (message.kind === "delta") deltas.push(message.delta);
    if (message.kind === "head") heads.push(message.head);
  });
  await client.subscribeAsync([topics.catalogHead.topic(store), topics.catalogDelta.topic(store)], {
    qos: 1,
  });
  await expect.poll(() => heads.length).toBeGreaterThan(0);
  const from = (await cloud.catalog.state()).lsn;
  for (let i = 0; i < 20; i++) await cloud.catalog.putProduct(product(`D${i}`), "test");
  await expect.poll(() => heads.at(-1)?.lsn, { timeout: 10_000 }).toBe(from + 20);
  const fresh = deltas.filter(({ toLsn }) => toLsn > from);
  expect(fresh.at(-1)?.toLsn).toBe(from + 20);
  for (const [i, delta] of fresh.entries()) {
    expect(delta.fromLsn).toBe(fresh[i - 1]?.toLsn ?? delta.fromLsn);
    expect(delta.preHash).toEqual(fresh[i - 1]?.postHash ?? delta.preHash);
  }
  expect(heads.at(-1)?.stateHash).toEqual(fresh.at(-1)?.postHash);
  await client.endAsync();
  const { publicKey: key, token } = cloud;
  await cloud.stop();
  await cloud.stop();
  cloud = await start();
  expect(cloud.token).not.toBe(token);
  expect(cloud.publicKey).toBe(key);
  const { parts } = await cloud.health();
  expect(parts.catalog?.facts).toMatchObject({ unpublished: 0 });
}, 60_000);

test("a new embedder makes every reference again from its picture", async () => {
  await call("PUT", "/api/products/cup", fields);
  await call("POST", "/api/products/cup/photos", await testPhoto(77), {
    authorization: `Bearer ${cloud.token}`,
    "content-type": "image/png",
  });
  const sku = Sku.parse("cup");
  await expect.poll(() => cloud.catalog.referencesOf(sku)).toHaveLength(1);
  await cloud.stop();
  cloud = await startCloudSync({
    dataDir: folder.dir,
    store,
    embedderId: "next",
    photoReader: testReader("next"),
  });
  expect(await cloud.catalog.referencesOf(sku)).toMatchObject([{ embedderId: "next" }]);
  expect(await cloud.catalog.foreignReferences()).toEqual([]);
}, 60_000);

test("a second process on the same folder is refused, what a killed one left is taken over", async () => {
  await expect(start()).rejects.toMatchObject({
    code: "CLOUD_START",
    fix: expect.stringContaining("--data"),
  });
  await cloud.stop();
  writeFileSync(join(folder.dir, "lock"), "999999 12345");
  cloud = await startCloudSync({ dataDir: folder.dir, store, embedderId: "next" });
}, 60_000);

test("a port in use is one clear error and leaves nothing running", async () => {
  const other = temporaryFolder();
  const squatter = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => squatter.once("listening", resolve));
  const port = (squatter.address() as { port: number }).port;
  const options = { dataDir: other.dir, store, embedderId };
  await expect(startCloudSync({ ...options, port })).rejects.toMatchObject({
    code: "CLOUD_START",
    fix: expect.stringContaining("--port"),
  });
  await expect(startCloudSync({ ...options, brokerPort: port })).rejects.toMatchObject({
    code: "CLOUD_START",
    fix: expect.stringContaining("--broker-port"),
  });
  squatter.close();
  const free = await startCloudSync(options);
  await free.stop();
  other.clean();
}, 60_000);
