import type { Sku } from "@tillsight/contracts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type CloudSync, startCloudSync } from "../cloud.js";
import { embedderId, product, temporaryFolder, unitVector } from "../test-helpers.js";

let folder: ReturnType<typeof temporaryFolder>;
let cloud: CloudSync;
beforeAll(async () => {
  folder = temporaryFolder();
  cloud = await startCloudSync({ dataDir: folder.dir, store: "north", embedderId });
}, 120_000);
afterAll(async () => {
  await cloud.stop();
  folder.clean();
});

async function call(method: string, path: string) {
  const headers = { authorization: `Bearer ${cloud.token}` };
  const response = await fetch(cloud.url + path, { method, headers });
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape.
  return { status: response.status, body: (await response.json()) as any };
}

const sku = (text: string) => text as Sku;
const photo = `photo/${"a".repeat(64)}.jpeg`;
const idOf = (n: number) => `6f2c9f4e-3b5a-4c37-9d0e-00000000000${n}`;

test("products are told with all that a page shows of them, by SKU or barcode, in the order asked for", async () => {
  await cloud.catalog.putProduct(product("milk", { gtins: ["4006381333931"] }), "anna");
  await cloud.catalog.putProduct(product("oats", { image: `photo/${"b".repeat(64)}.png` }), "anna");
  await cloud.catalog.addReferences(
    sku("milk"),
    [{ id: idOf(1), vector: unitVector(1), photo }],
    "enrolment",
  );
  const own = { available: false, name: null, names: {}, price: null, prices: [] };
  const { lsn } = await cloud.catalog.putOverride("north", sku("milk"), own, "ben");
  const { status, body } = await call("GET", "/api/product-details?keys=oats,none,4006381333931,milk");
  expect(status).toBe(200);
  expect(body.details.map(({ key }: { key: string }) => key)).toEqual(["oats", "4006381333931", "milk"]);
  expect(body.details[0]).toMatchObject({
    picture: `/api/photos/${"b".repeat(64)}.png`,
    references: 0,
    lsn: 2,
  });
  expect(body.details[2]).toMatchObject({
    ...{ product: { sku: "milk" }, lsn, changedBy: "ben", references: 1 },
    picture: `/api/photos/${"a".repeat(64)}.jpeg`,
    overrides: { north: { available: false } },
  });
  expect(body.details[1].product).toEqual(body.details[2].product);
});

test("too many at once, or what can be no key, is refused", async () => {
  const many = Array.from({ length: 201 }, (_, i) => `p${i}`).join(",");
  expect((await call("GET", `/api/product-details?keys=${many}`)).status).toBe(400);
  expect((await call("GET", `/api/product-details?keys=${"x".repeat(33)}`)).status).toBe(400);
  expect((await call("GET", "/api/product-details?keys=")).body).toEqual({ details: [] });
});

test("a picture that lanes know a product by can be taken away, of that product only", async () => {
  await cloud.catalog.putProduct(product("rice"), "anna");
  await cloud.catalog.putProduct(product("salt"), "anna");
  await cloud.catalog.addReferences(sku("rice"), [{ id: idOf(2), vector: unitVector(2) }], "enrolment");
  const { body } = await call("GET", "/api/products/rice/references");
  expect(body).toEqual({ references: [{ id: idOf(2), picture: null }] });
  expect((await call("DELETE", `/api/products/salt/references/${idOf(2)}`)).status).toBe(404);
  expect((await call("DELETE", `/api/products/rice/references/${idOf(2)}`)).body).toMatchObject({
    changed: true,
  });
  expect((await call("GET", "/api/products/rice/references")).body).toEqual({ references: [] });
});

test("heads tell how far each store has been told: a change that is none of its own moves the scan alone", async () => {
  const { lsn } = await cloud.catalog.putProduct(product("tea"), "anna");
  const heads = async () => (await call("GET", "/api/heads")).body;
  await vi.waitFor(
    async () => expect(await heads()).toMatchObject({ lsn, stores: { north: { lsn } } }),
    20_000,
  );
  await cloud.catalog.putStore("south");
  const own = { available: false, name: null, names: {}, price: null, prices: [] };
  const south = await cloud.catalog.putOverride("south", sku("tea"), own, "anna");
  await vi.waitFor(async () => {
    const { stores } = await heads();
    expect(stores.north).toEqual({ lsn, scannedLsn: south.lsn });
  }, 20_000);
});
