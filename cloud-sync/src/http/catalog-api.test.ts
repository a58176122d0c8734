import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type CloudSync, startCloudSync } from "../cloud.js";
import { embedderId, product, temporaryFolder } from "../test-helpers.js";

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
beforeEach(async () => {
  for (const { sku } of await cloud.catalog.products("", 500)) await cloud.catalog.removeProduct(sku, "test");
});

async function call(method: string, path: string, body?: string | object, type = "application/json") {
  const response = await fetch(cloud.url + path, {
    method,
    headers: {
      authorization: `Bearer ${cloud.token}`,
      ...(body === undefined ? {} : { "content-type": type }),
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = response.headers.get("content-type")?.includes("json") && !path.includes("export");
  return {
    status: response.status,
    text,
    body: json ? JSON.parse(text) : undefined,
    headers: response.headers,
  };
}

const file = "sku,name,unit,price,currency,taxRate\nmilk,Milk,each,1.19,EUR,7\noats,Oats,each,2.49,EUR,7\n";

test("a file goes in whole, its report can be asked for, and comes out again", async () => {
  const id = "6f2c9f4e-3b5a-4c37-9d0e-000000000001";
  const done = await call("POST", `/api/imports?id=${id}&file=goods.csv`, file, "text/csv");
  expect(done).toMatchObject({ status: 200, body: { id, state: "done", created: 2, actor: "local" } });
  expect(done.headers.get("location")).toBe(`/api/imports/${id}`);
  expect((await call("GET", `/api/imports/${id}`)).body).toEqual(done.body);
  expect((await call("GET", "/api/imports")).body.imports[0]).toEqual(done.body);
  expect((await call("POST", `/api/imports?id=${id}`, "other", "text/csv")).body).toEqual(done.body);
  const csv = await call("GET", "/api/export");
  expect(csv.headers.get("content-disposition")).toContain("chain-products.csv");
  expect(csv.text.split("\r\n")[1]).toBe("milk,Milk,each,1.19,EUR,,7,,,0,,,,");
  const lines = await call("GET", "/api/export?format=jsonl&store=north");
  expect(
    lines.text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).sku),
  ).toEqual(["milk", "oats"]);
  expect(await call("POST", "/api/imports", lines.text, "application/x-ndjson")).toMatchObject({
    body: { state: "done", unchanged: 2 },
  });
});

test("a file that does not fit is a problem with its lines, and changes nothing", async () => {
  const before = await cloud.catalog.state();
  const refused = await call("POST", "/api/imports", `${file}bread,Bread,loaf,1,EUR,7\n`, "text/csv");
  expect(refused).toMatchObject({
    status: 422,
    body: {
      type: "IMPORT_REFUSED",
      fix: expect.any(String),
      report: { errors: [{ line: 4, field: "unit" }] },
    },
  });
  const { id } = refused.body.report;
  expect((await call("GET", `/api/imports/${id}/errors?limit=10`)).body.errors).toHaveLength(1);
  expect(await cloud.catalog.state()).toEqual(before);
});

test.each([
  ["an import that nobody made", "GET", "/api/imports/6f2c9f4e-3b5a-4c37-9d0e-00000000ffff", undefined, 404],
  ["an id that is none", "GET", "/api/imports/7", undefined, 400],
  ["an option that nobody knows", "POST", "/api/imports?kinds=products", "x", 400],
  ["overrides replaced as a whole", "POST", "/api/imports?kind=overrides&replace=true", "x", 400],
  ["a JSON body in place of a file", "POST", "/api/imports", {}, 400],
  ["a store with a blank", "PUT", "/api/stores/No%20Name", {}, 400],
  [
    "an override at a store nobody knows",
    "PUT",
    "/api/stores/south/products/milk",
    { available: false },
    404,
  ],
  ["an override with a field nobody knows", "PUT", "/api/stores/north/products/milk", { colour: "red" }, 400],
  ["an audit of a SKU that is none", "GET", "/api/changes?sku=a%20b", undefined, 400],
])("%s is refused with a fix", async (_, method, path, body, status) => {
  const answer = await call(method, path, body, typeof body === "string" ? "text/csv" : "application/json");
  expect(answer).toMatchObject({ status, body: { fix: expect.stringMatching(/\w/) } });
});

test("writing needs the token, for a file too", async () => {
  const response = await fetch(`${cloud.url}/api/imports`, {
    ...{ method: "POST", body: file, headers: { "content-type": "text/csv" } },
  });
  expect(response.status).toBe(401);
});

test("a store sells at its own price, and the audit tells who said so", async () => {
  await cloud.catalog.putProduct(product("milk"), "test");
  expect((await call("PUT", "/api/stores/north", { label: "North Street" })).body).toEqual({
    ...{ name: "north", label: "North Street" },
  });
  const own = { price: { minor: 89, currency: "EUR" } };
  expect((await call("PUT", "/api/stores/north/products/milk", own)).body).toMatchObject({
    ...{ changed: true, product: { price: own.price } },
  });
  expect((await call("GET", "/api/stores/north/products/milk")).body).toMatchObject({ override: own });
  await call("DELETE", "/api/stores/north/products/milk");
  expect((await call("GET", "/api/stores/north/products/milk")).body).toMatchObject({
    ...{ override: null, product: { price: { minor: 199 } } },
  });
  const { changes, next } = (await call("GET", "/api/changes?store=north&kind=override&limit=2")).body;
  expect(changes).toMatchObject([
    { kind: "override", actor: "local", after: null, before: own },
    { kind: "override", actor: "local", before: null, after: own },
  ]);
  expect(next).toBe(changes[1].lsn);
});

test("a search tells whether there is more, and when it is only a guess", async () => {
  await call("POST", "/api/imports", file, "text/csv");
  expect((await call("GET", "/api/products?limit=1")).body).toMatchObject({
    more: true,
    products: [{ sku: "milk" }],
  });
  expect((await call("GET", "/api/products?limit=1&offset=1")).body).toMatchObject({ more: false });
  expect((await call("GET", "/api/products?search=oatz")).body).toMatchObject({ similar: true });
});
