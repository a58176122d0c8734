import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CloudSync, type CloudSyncOptions, startCloudSync } from "../cloud.js";
import { signingKeyFile } from "../publish/signing-key.js";
import {
  type PostgresServer,
  postgresBinaries,
  startPostgres,
  withPostgres,
} from "../storage/testing/postgres-server.js";
import { embedderId, temporaryFolder } from "../test-helpers.js";
import { isLoopback, ownUrl } from "./address.js";
import { Browser, withToken } from "./testing.js";

const password = "correct horse battery";
const folder = temporaryFolder();
const running: CloudSync[] = [];
async function start(name: string, options: Partial<CloudSyncOptions> = {}): Promise<CloudSync> {
  const dataDir = join(folder.dir, name);
  const cloud = await startCloudSync({ dataDir, store: "north", embedderId, passwordLog2N: 10, ...options });
  running.push(cloud);
  return cloud;
}
afterAll(async () => {
  for (const cloud of running) await cloud.stop();
  folder.clean();
});

const addUser = async (cloud: CloudSync, name: string) =>
  new Browser(cloud).call(
    ...(["POST", "/api/users", { name, role: "admin", password }] as const),
    withToken(cloud.token),
  );

describe("behind a proxy with TLS that is trusted", () => {
  let cloud: CloudSync;
  beforeAll(async () => {
    cloud = await start("proxied", { trustProxy: "127.0.0.1", publicUrl: "https://hq.example/" });
    await addUser(cloud, "anna");
  }, 120_000);
  const proxied = {
    "x-forwarded-proto": "https",
    "x-forwarded-for": "192.0.2.7",
    "x-forwarded-host": "hq.example",
  };

  test("the cookie is for TLS alone, browsers are told to stay with it, and the audit has the caller's address", async () => {
    const browser = new Browser(cloud);
    const origin = { origin: "https://hq.example", ...proxied };
    const answer = await browser.call("POST", "/api/session", { name: "anna", password }, origin);
    expect(answer.headers.getSetCookie()[0]).toMatch(/; Secure;/);
    expect(answer.headers.get("strict-transport-security")).toMatch(/max-age=\d+/);
    const { body } = await browser.call("GET", "/api/audit?kind=sign-in", undefined, proxied);
    expect(body.events[0]).toMatchObject({ actor: "anna", address: "192.0.2.7" });
    const foreign = await new Browser(cloud).call(
      "POST",
      "/api/session",
      { name: "anna", password },
      {
        ...proxied,
        origin: "https://evil.example",
      },
    );
    expect(foreign.status).toBe(403);
  });

  test("links lead to where people open the console", () => {
    expect(cloud.setupUrl).toMatch(/^https:\/\/hq\.example\/setup#[\w-]{43}$/);
  });
});

describe("on every address of the machine, without a proxy", () => {
  const warnings: string[] = [];
  let cloud: CloudSync;
  beforeAll(async () => {
    const log = {
      error: () => {},
      warn: (text: string) => void warnings.push(text),
      info: () => {},
      debug: () => {},
    };
    const consoleDir = join(folder.dir, "console");
    mkdirSync(join(consoleDir, "assets"), { recursive: true });
    writeFileSync(join(consoleDir, "index.html"), "<!doctype html><title>Console</title>");
    writeFileSync(join(consoleDir, "assets", "index-1a2b3c.js"), "export {};");
    writeFileSync(join(folder.dir, "secret.txt"), "secret");
    cloud = await start("open", { host: "0.0.0.0", log, consoleDir });
    await addUser(cloud, "anna");
  }, 120_000);

  test("it warns that passwords cross the network in clear text, and believes no forwarded header", async () => {
    expect(warnings.join()).toMatch(/clear text.*--trust-proxy/);
    const forged = { "x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.7" };
    const browser = new Browser(cloud);
    const answer = await browser.call("POST", "/api/session", { name: "anna", password }, forged);
    expect(answer.headers.getSetCookie()[0]).not.toMatch(/Secure/);
    expect(answer.headers.get("strict-transport-security")).toBeNull();
    const { body } = await browser.call("GET", "/api/audit?kind=sign-in");
    expect(body.events[0].address).toBe("127.0.0.1");
  });

  test.each([
    ["/", 200, "Console", "no-cache"],
    ["/setup", 200, "Console", "no-cache"],
    ["/products/coffee.500g", 200, "Console", "no-cache"],
    ["/assets/index-1a2b3c.js", 200, "export", "public, max-age=31536000, immutable"],
    ["/assets/gone.js", 404, "there is no", null],
    ["/..%2fsecret.txt", 403, "", null],
    ["/assets/..%2f..%2fsecret.txt", 403, "", null],
    ["/%", 400, "", null],
    ["/api/nothing", 404, "there is no", null],
  ])("GET %s is %i", async (path, status, text, cache) => {
    const answer = await new Browser(cloud).call("GET", path);
    const shown = typeof answer.body === "string" ? answer.body : answer.body.title;
    expect([answer.status, shown === "secret"]).toEqual([status, false]);
    expect(shown).toContain(text);
    if (cache !== null) expect(answer.headers.get("cache-control")).toBe(cache);
  });

  test("every answer tells browsers to be careful, and nothing of the API is kept by caches", async () => {
    for (const path of ["/", "/api/session", "/api/nothing"]) {
      const { headers } = await new Browser(cloud).call("GET", path);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain("unsafe");
      expect([headers.get("x-content-type-options"), headers.get("x-frame-options")]).toEqual([
        "nosniff",
        "DENY",
      ]);
      if (path !== "/") expect(headers.get("cache-control")).toBe("private, no-cache");
    }
    const docs = await new Browser(cloud).call("GET", "/api/docs");
    expect(docs.headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(docs.body).toContain("/api/products/{sku}/price");
  });
});

test.each([
  ["127.0.0.1", true, "http://127.0.0.1:1"],
  ["::1", true, "http://[::1]:1"],
  ["localhost", true, "http://localhost:1"],
  ["0.0.0.0", false, "http://127.0.0.1:1"],
  ["::", false, "http://[::1]:1"],
  ["192.0.2.1", false, "http://192.0.2.1:1"],
])("%s: loopback %s, reached at %s", (host, loopback, url) => {
  expect([isLoopback(host), ownUrl(host, 1)]).toEqual([loopback, url]);
});

describe.skipIf(!postgresBinaries())(withPostgres("two copies on one PostgreSQL"), () => {
  let server: PostgresServer;
  let one: CloudSync;
  let two: CloudSync;
  beforeAll(async () => {
    server = await startPostgres();
    const databaseUrl = await server.database();
    one = await start("one", { databaseUrl });
    two = await start("two", { databaseUrl, signingKeyFile: signingKeyFile(join(folder.dir, "one")) });
    await addUser(one, "anna");
  }, 240_000);
  afterAll(async () => {
    await one?.stop();
    await two?.stop();
    await server?.stop();
  });

  test("a session of one is a session of the other, and ends at both", async () => {
    const browser = new Browser(one);
    await browser.signIn("anna", password);
    const there = new Browser(two);
    Object.assign(there, { cookie: browser.cookie, csrfToken: browser.csrfToken });
    expect((await there.call("PUT", "/api/stores/south", {})).status).toBe(200);
    expect((await there.call("DELETE", "/api/session")).status).toBe(204);
    expect((await browser.call("GET", "/api/session")).status).toBe(401);
  });

  test("one Idempotency-Key sent to both at once is done once, and both answer alike", async () => {
    const { token } = (
      await new Browser(one).call("POST", "/api/tokens", { name: "p", role: "admin" }, withToken(one.token))
    ).body;
    const headers = { ...withToken(token), "idempotency-key": "the-key-of-this-test" };
    const send = (cloud: CloudSync) =>
      new Browser(cloud).call("POST", "/api/tokens", { name: "made once", role: "viewer" }, headers);
    const answers = await Promise.all([one, two, one, two, one, two].map(send));
    expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
    const [a, b] = [await send(one), await send(two)];
    expect([a.status, a.body]).toEqual([201, b.body]);
    const { tokens } = (await new Browser(two).call("GET", "/api/tokens", undefined, withToken(token))).body;
    expect(tokens.filter(({ name }: { name: string }) => name === "made once")).toHaveLength(1);
  });
});
