import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CloudSync, startCloudSync } from "../cloud.js";
import { onEachEngine, type Place } from "../storage/testing/each-engine.js";
import { embedderId, product, temporaryFolder } from "../test-helpers.js";
import { KeptAnswers } from "./kept-answers.js";
import { Browser, withToken } from "./testing.js";

let folder: ReturnType<typeof temporaryFolder>;
let cloud: CloudSync;
let time = Date.parse("2026-01-01T08:00:00Z");

beforeAll(async () => {
  folder = temporaryFolder();
  const now = () => new Date(time);
  cloud = await startCloudSync({ dataDir: folder.dir, store: "north", embedderId, now });
}, 120_000);
afterAll(async () => {
  await cloud.stop();
  folder.clean();
});

const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  new Browser(cloud).call(method, path, body, { ...withToken(cloud.token), ...headers });
const fields = (name: string) => ({ ...product("mug"), sku: undefined, name });
const price = (minor: number) => ({ price: { minor, currency: "EUR" } });

describe("what did not change", () => {
  test("is not sent again: product, list, and a picture's name", async () => {
    await call("PUT", "/api/products/mug", fields("Mug"));
    for (const path of ["/api/products/mug", "/api/products?search=mug", "/api/stores"]) {
      const first = await call("GET", path);
      const etag = first.headers.get("etag") ?? "";
      expect(etag).toMatch(/^"[\w-]{22}"$/);
      for (const header of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
        const again = await call("GET", path, undefined, { "if-none-match": header });
        expect([again.status, again.body, again.headers.get("etag")]).toEqual([304, "", etag]);
      }
    }
    const { headers } = await call("GET", "/api/products/mug");
    await call("PUT", "/api/products/mug/price", price(5));
    const changed = await call("GET", "/api/products/mug", undefined, {
      "if-none-match": headers.get("etag") ?? "",
    });
    expect(changed).toMatchObject({ status: 200, body: { price: { minor: 5 } } });
  });

  test("an error has no tag", async () => {
    const answer = await call("GET", "/api/products/none", undefined, { "if-none-match": "*" });
    expect([answer.status, answer.headers.get("etag")]).toEqual([404, null]);
  });
});

describe("a lost update", () => {
  const tagOf = async (path: string) => (await call("GET", path)).headers.get("etag") ?? "";

  test("is refused, for the product, its price, its removal; whoever reads again may go on", async () => {
    const names = { fr: "Tasse", de: "Becher", "de-AT": "Häferl" };
    const put = await call("PUT", "/api/products/mug", { ...fields("Mug"), names });
    const seen = await tagOf("/api/products/mug");
    expect(put.headers.get("etag")).toBe(seen);
    const [one, two] = await Promise.all([
      call("PUT", "/api/products/mug", fields("One"), { "if-match": seen }),
      call("PUT", "/api/products/mug", fields("Two"), { "if-match": seen }),
    ]);
    expect([one.status, two.status].sort()).toEqual([200, 412]);
    const winner = one.status === 200 ? "One" : "Two";
    const { lsn } = await cloud.catalog.state();
    const late = [
      await call("PUT", "/api/products/mug", fields("Late"), { "if-match": seen }),
      await call("PUT", "/api/products/mug/price", price(1), { "if-match": seen }),
      await call("DELETE", "/api/products/mug", undefined, { "if-match": seen }),
    ];
    for (const answer of late)
      expect(answer).toMatchObject({ status: 412, body: { type: "PRECONDITION_FAILED" } });
    expect((await call("GET", "/api/products/mug")).body.name).toBe(winner);
    expect((await cloud.catalog.state()).lsn).toBe(lsn);
    const fresh = { "if-match": await tagOf("/api/products/mug") };
    expect((await call("PUT", "/api/products/mug/price", price(1), fresh)).status).toBe(200);
  });

  test("of what a store does otherwise is refused too", async () => {
    const path = "/api/stores/north/products/mug";
    const seen = await tagOf(path);
    expect((await call("PUT", path, price(3), { "if-match": seen })).status).toBe(200);
    expect((await call("PUT", path, price(4), { "if-match": seen })).status).toBe(412);
    expect((await call("DELETE", path, undefined, { "if-match": seen })).status).toBe(412);
    expect((await call("DELETE", path, undefined, { "if-match": await tagOf(path) })).status).toBe(200);
  });

  test.each([
    ["create only, and it is there", "mug", { "if-none-match": "*" }, 412],
    ["create only", "new-one", { "if-none-match": "*" }, 200],
    ["change only, and there is nothing", "none", { "if-match": "*" }, 412],
    ["change only", "mug", { "if-match": "*" }, 200],
    ["a weak tag, which never matches strongly", "mug", { "if-match": 'W/"x"' }, 412],
  ])("%s", async (_, sku, headers, status) => {
    expect((await call("PUT", `/api/products/${sku}`, fields("New"), headers)).status).toBe(status);
  });
});

describe("a write with an Idempotency-Key", () => {
  let n = 0;
  const newKey = () => `a key of test number ${++n}`.replaceAll(" ", "-");
  const wanted = { name: "of a program", role: "viewer" };
  const made = async () => (await call("GET", "/api/tokens?limit=500")).body.tokens.length;

  test("sent again is answered as before and done once, whoever was asked", async () => {
    const key = { "idempotency-key": newKey() };
    const before = await made();
    const first = await call("POST", "/api/tokens", wanted, key);
    const again = await call("POST", "/api/tokens", wanted, key);
    expect(first).toMatchObject({ status: 201 });
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    expect([first, again].map(({ headers }) => headers.get("idempotency-replayed"))).toEqual([null, "true"]);
    expect(await made()).toBe(before + 1);
    time += 25 * 3_600_000;
    expect((await call("POST", "/api/tokens", wanted, key)).body.id).not.toBe(first.body.id);
  });

  test("sent many times at once is done once; the others are told to come again, and then hear the same", async () => {
    const key = { "idempotency-key": newKey() };
    const before = await made();
    const send = () => call("POST", "/api/tokens", wanted, key);
    const answers = await Promise.all(Array.from({ length: 12 }, send));
    for (const { status, headers, body } of answers)
      if (status === 409)
        expect([body.type, headers.get("retry-after")]).toEqual(["IDEMPOTENCY_KEY_BUSY", "1"]);
      else expect(status).toBe(201);
    const ids = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.id));
    expect(ids.size).toBe(1);
    expect([...ids][0]).toBe((await send()).body.id);
    expect(await made()).toBe(before + 1);
  });

  test("with another body, address or If-Match is a mistake, and another's key is another key", async () => {
    const key = { "idempotency-key": newKey() };
    const put = (name: string, headers: Record<string, string> = {}, sku = "mug") =>
      call("PUT", `/api/products/${sku}`, fields(name), { ...key, ...headers });
    expect((await put("First")).status).toBe(200);
    for (const answer of [
      await put("Second"),
      await put("First", {}, "cup"),
      await put("First", { "if-match": "*" }),
    ])
      expect(answer).toMatchObject({ status: 422, body: { type: "IDEMPOTENCY_KEY_REUSED" } });
    const { token } = (await call("POST", "/api/tokens", { name: `t${n}`, role: "editor" })).body;
    expect((await put("Second", withToken(token))).status).toBe(200);
  });

  test("that was refused is answered so again; no key is too short", async () => {
    const key = { "idempotency-key": newKey() };
    const put = () => call("PUT", "/api/products/none/price", price(1), key);
    const [first, again] = [await put(), await put()];
    expect(first.status).toBe(404);
    expect([again.status, again.body, again.headers.get("content-type")]).toEqual([
      ...[404, first.body, "application/problem+json; charset=utf-8"],
    ]);
    const short = await call("PUT", "/api/products/mug", fields("x"), { "idempotency-key": "1" });
    expect(short).toMatchObject({ status: 400, body: { type: "INVALID_INPUT" } });
  });

  test("that has no answer but its status is answered by it again", async () => {
    const { id } = (await call("POST", "/api/tokens", wanted)).body;
    const key = { "idempotency-key": newKey() };
    const revoke = () => call("DELETE", `/api/tokens/${id}`, undefined, key);
    const [first, again] = [await revoke(), await revoke()];
    expect([first.status, again.status, again.body]).toEqual([204, 204, ""]);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
  });

  test("an import whose answer was lost goes in once", async () => {
    const key = { "idempotency-key": newKey(), "content-type": "text/csv" };
    const send = async () => {
      const response = await fetch(`${cloud.url}/api/imports`, {
        ...{ method: "POST", body: "sku,name,unit,price,currency,taxRate\noats,Oats,each,2.49,EUR,7\n" },
        headers: { ...withToken(cloud.token), ...key },
      });
      return (await response.json()) as { id: string; created: number };
    };
    expect(await send()).toEqual(await send());
    expect((await call("GET", "/api/imports")).body.imports).toHaveLength(1);
  });
});

onEachEngine((place: () => Place) => {
  test("two copies on one database share keys; one that was killed gives its work up after its lease", async () => {
    const db = await place().open();
    // The embedded engine is one process's own; a server takes both copies.
    const other = db.engine === "postgres" ? await place().open() : db;
    const [answers, second] = [new KeptAnswers(db), new KeptAnswers(other)];
    const at = new Date("2026-01-01T08:00:00Z");
    const later = (ms: number) => new Date(at.getTime() + ms);
    const asked = Buffer.from("what was asked");
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, i) => (i % 2 ? answers : second).claim("anna", "key", asked, at)),
    );
    expect(claims.map(({ state }) => state).sort()).toEqual(["mine", ...Array(7).fill("running")]);
    const [mine] = claims.filter((one) => one.state === "mine");
    const taken = await second.claim("anna", "key", asked, later(121_000));
    expect(taken.state).toBe("mine");
    const answer = {
      status: 201,
      headers: { "content-type": "application/json" },
      body: '{"token":"secret"}',
    };
    if (mine?.state === "mine")
      await answers.keep("anna", "key", mine.claim, { ...answer, body: "of the one that was too slow" });
    if (taken.state === "mine") await second.keep("anna", "key", taken.claim, answer);
    expect(await answers.claim("anna", "key", asked, later(122_000))).toEqual({ state: "answered", answer });
    const { rows } = await db.query<{ stored: string }>(
      "select encode(answer, 'escape') as stored from kept_answer",
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.stored).not.toContain("secret");
    await answers.sweep(later(48 * 3_600_000));
    expect((await db.query("select 1 from kept_answer")).rows).toEqual([]);
    await db.close();
    if (other !== db) await other.close();
  }, 60_000);
});
