import { afterAll, beforeAll, expect, test } from "vitest";
import { type CloudSync, startCloudSync } from "../cloud.js";
import { embedderId, temporaryFolder } from "../test-helpers.js";
import { Buckets } from "./rate-limit.js";
import { Browser, withToken } from "./testing.js";

test("five seconds' worth may come at once, then as many a second as are allowed", () => {
  let now = 0;
  const buckets = new Buckets(() => now);
  const many = (n: number) =>
    Array.from({ length: n }, () => buckets.take("a", 10)).filter((wait) => wait === 0).length;
  expect(many(100)).toBe(50);
  expect(buckets.take("a", 10)).toBe(1);
  expect(buckets.take("b", 10)).toBe(0);
  now += 300;
  expect(many(100)).toBe(3);
  now += 3_600_000;
  expect(many(100)).toBe(50);
});

test("ten thousand callers are remembered, the longest unheard is forgotten", () => {
  const buckets = new Buckets(() => 0);
  const spend = (key: string) => Array.from({ length: 6 }, () => buckets.take(key, 1)).at(-1);
  expect(spend("first")).toBe(1);
  for (let i = 0; i < 9_999; i++) buckets.take(`other ${i}`, 1);
  expect(buckets.take("first", 1)).toBe(1);
  for (let i = 0; i < 10_000; i++) buckets.take(`more ${i}`, 1);
  expect(buckets.take("first", 1)).toBe(0);
});

let folder: ReturnType<typeof temporaryFolder>;
let cloud: CloudSync;
beforeAll(async () => {
  folder = temporaryFolder();
  cloud = await startCloudSync({
    ...{ dataDir: folder.dir, store: "north", embedderId },
    rateLimits: { perCaller: 2, perAddress: 1 },
  });
}, 120_000);
afterAll(async () => {
  await cloud.stop();
  folder.clean();
});

test("who calls too often is told when to come again; others, the health and the process itself are not", async () => {
  const make = async (name: string): Promise<string> => {
    const body = { name, role: "viewer" };
    return (await new Browser(cloud).call("POST", "/api/tokens", body, withToken(cloud.token))).body.token;
  };
  const [busy, quiet] = [await make("busy"), await make("quiet")];
  const get = (path: string, headers: Record<string, string> = {}) =>
    new Browser(cloud).call("GET", path, undefined, headers);
  const answers = await Promise.all(Array.from({ length: 40 }, () => get("/api/stores", withToken(busy))));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]).toMatchObject({ body: { type: "RATE_LIMITED", status: 429, fix: expect.any(String) } });
  expect(refused[0]?.headers.get("retry-after")).toBe("1");
  expect((await get("/api/stores", withToken(quiet))).status).toBe(200);
  const strangers = await Promise.all(
    Array.from({ length: 20 }, () => get("/api/stores", withToken("guess"))),
  );
  expect(new Set(strangers.map(({ status }) => status))).toEqual(new Set([401, 429]));
  expect((await get("/healthz")).status).toBe(200);
  expect((await get("/api/stores", withToken(cloud.token))).status).toBe(200);
});
