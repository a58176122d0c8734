import { randomUUID } from "node:crypto";
import { NodeName } from "@tillsight/contracts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CloudSync, startCloudSync } from "../cloud.js";
import { embedderId, product, temporaryFolder } from "../test-helpers.js";
import { withToken } from "./testing.js";

const store = NodeName.parse("north");
const lane = { store, terminal: NodeName.parse("lane-1") };
let folder: ReturnType<typeof temporaryFolder>;
let cloud: CloudSync;

beforeAll(async () => {
  folder = temporaryFolder();
  // One moment for all of them: what is as old as another is neither left out nor shown twice.
  const now = () => new Date("2026-01-01T00:00:00Z");
  cloud = await startCloudSync({
    dataDir: folder.dir,
    store,
    embedderId,
    now,
    links: { allowPrivate: true },
  });
  await cloud.catalog.putProduct(product("mug"), "test");
  await cloud.fleet.terminals.born(
    lane,
    {
      ...{ session: 1, at: 1, version: "1", startedAt: 1, beatSeconds: 10, models: {} },
      config: { version: 0, state: "applied", detail: "" },
    },
    now(),
  );
}, 60_000);
afterAll(async () => {
  await cloud.stop();
  folder.clean();
});

async function call(method: string, path: string, body?: string | object, type = "application/json") {
  const answer = await fetch(cloud.url + path, {
    method,
    headers: { ...withToken(cloud.token), ...(body === undefined ? {} : { "content-type": type }) },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape.
  return { status: answer.status, body: (await answer.json()) as any };
}

const commands = "/api/fleet/terminals/north/lane-1/commands";
const lists: [key: string, path: string, make: (id: string) => ReturnType<typeof call>][] = [
  [
    "imports",
    "/api/imports",
    (id) => call("POST", `/api/imports?id=${id}&dryRun=true`, "sku\nmug\n", "text/csv"),
  ],
  [
    "batches",
    "/api/enrolments/batches",
    (batch) =>
      call("POST", "/api/enrolments/links", { batch, links: [{ sku: "mug", url: "http://127.0.0.1:9/x" }] }),
  ],
  ["commands", commands, (id) => call("POST", commands, { id, command: { do: "picture" } })],
];

test.each(lists)("%s are listed page by page, the newest first, each once", async (key, path, make) => {
  const ids = Array.from({ length: 5 }, () => randomUUID());
  for (const id of ids) expect((await make(id)).status).toBeLessThan(500);
  const pages: string[][] = [];
  for (let next: string | null = ""; next !== null; ) {
    const { body, status } = await call("GET", `${path}?limit=2${next && `&after=${next}`}`);
    expect(status).toBe(200);
    pages.push(body[key].map(({ id }: { id: string }) => id));
    next = body.next;
  }
  expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
  expect(pages.flat().sort()).toEqual(ids.sort());
  const whole = await call("GET", path);
  expect(whole.body[key].map(({ id }: { id: string }) => id)).toEqual(pages.flat());
  expect(whole.body.next).toBeNull();
  expect((await call("GET", `${path}?after=yesterday`)).status).toBe(400);
});
