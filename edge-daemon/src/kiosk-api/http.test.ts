import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HealthReport, LaneView, Product } from "@tillsight/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { scenarios } from "../testing/lane/index.js";
import { openTestApi } from "./test-api.js";

let t: Awaited<ReturnType<typeof openTestApi>>;
const pageDir = mkdtempSync(join(tmpdir(), "tillsight-page-"));
beforeEach(async () => {
  t = await openTestApi({ demo: { "/api/demo/till": () => [{ text: "apple" }] } });
  t.lane.show(scenarios.shopping());
});
afterEach(async () => {
  await t.api.stop();
  rmSync(pageDir, { recursive: true, force: true });
});

const get = (path: string, headers: Record<string, string> = {}) => fetch(new URL(path, t.url), { headers });
const isJpeg = (bytes: Uint8Array) => bytes[0] === 0xff && bytes[1] === 0xd8;

/** With headers that fetch keeps to itself: Host and Sec-Fetch-…. */
const statusWith = (path: string, headers: Record<string, string>): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const asked = request(new URL(path, t.url), { headers }, (res) => {
      res.resume();
      resolve(res.statusCode);
    });
    asked.on("error", reject).end();
  });

describe("the JSON routes", () => {
  it("answer what the contracts say", async () => {
    expect(LaneView.parse(await (await get("/api/lane")).json()).basket.lines).toHaveLength(4);
    const found = z.array(Product).parse(await (await get("/api/products?search=water")).json());
    expect(found.map((p) => p.sku)).toEqual(["water"]);
    expect(HealthReport.parse(await (await get("/healthz")).json()).state).toBe("ok");
    expect(await (await get("/metrics")).text()).toContain("scripted_lane 1");
    expect(await (await get("/api/demo/till")).json()).toEqual([{ text: "apple" }]);
  });

  it.each(["limit=0", "limit=many", `search=${"x".repeat(101)}`])(
    "refuse a query that does not fit: %s",
    async (query) => {
      const response = await get(`/api/products?${query}`);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        code: "INVALID_INPUT",
        fix: expect.stringContaining("search"),
      });
    },
  );

  it.each([
    ["ok", 200],
    ["degraded", 200],
    ["starting", 503],
    ["failed", 503],
  ] as const)("readiness of a lane that is %s: %d, while health answers 200", async (state, status) => {
    t.lane.healthNow = state;
    expect((await get("/readyz")).status).toBe(status);
    expect((await get("/healthz")).status).toBe(200);
  });

  it("say so without an error where there is no demo", async () => {
    expect((await get("/api/demo/other")).status).toBe(204);
  });

  it("keep what went wrong inside to the log", async () => {
    t.lane.view = () => {
      throw new RangeError("secret of the lane");
    };
    const response = await get("/api/lane");
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("secret");
  });

  it("name what they do not know", async () => {
    expect(await (await get("/api/nothing")).json()).toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("the picture", () => {
  it("comes with its number, and not again to who has it", async () => {
    const first = await get("/tray.jpg");
    expect(isJpeg(new Uint8Array(await first.arrayBuffer()))).toBe(true);
    expect(first.headers.get("x-tray-seq")).toBe(String(t.lane.view().tray.seq));
    expect(first.headers.get("cache-control")).toBe("no-store");
    const tag = first.headers.get("etag") ?? "";
    expect((await get("/tray.jpg", { "if-none-match": tag })).status).toBe(304);
    t.lane.show(scenarios.full());
    expect((await get("/tray.jpg", { "if-none-match": tag })).status).toBe(200);
  });

  it("is never an old one: 503 while the camera is at fault", async () => {
    t.lane.show(scenarios["camera-fault"]());
    for (const path of ["/tray.jpg", "/tray.mjpeg"]) {
      const response = await get(path);
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ code: "NO_PICTURE" });
    }
  });

  it("of an item is there while a notice speaks of it", async () => {
    t.lane.show(scenarios["picture-of-product"]());
    const [notice] = t.lane.view().notices;
    const response = await get(notice?.picture ?? "");
    expect(isJpeg(new Uint8Array(await response.arrayBuffer()))).toBe(true);
    expect(response.headers.get("cache-control")).toBe("no-store");
    t.lane.show(scenarios.full());
    expect((await get(notice?.picture ?? "")).status).toBe(404);
  });

  it("is streamed part by part, newest only, and the stream ends at a fault", async () => {
    const response = await get("/tray.mjpeg");
    expect(response.headers.get("content-type")).toMatch(/^multipart\/x-mixed-replace/);
    const seen: number[] = [];
    let text = "";
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString("latin1");
      const now = [...text.matchAll(/x-tray-seq: (\d+)/g)].map((m) => Number(m[1]));
      if (now.length === seen.length) continue;
      seen.splice(0, seen.length, ...now);
      t.lane.show(now.length < 3 ? scenarios.full() : scenarios["camera-fault"]());
    }
    const [first = 0] = seen;
    expect(seen).toEqual([first, first + 1, first + 2]);
  });

  it("stops being streamed when the lane stops", async () => {
    const response = await get("/tray.mjpeg");
    await t.api.stop();
    await response.arrayBuffer().catch(() => {});
  });
});

describe("other web sites", () => {
  it.each(["/api/lane", "/tray.jpg", "/healthz", "/"])(
    "cannot reach %s by rebinding a name",
    async (path) => {
      expect(await statusWith(path, { host: "evil.example" })).toBe(421);
    },
  );

  const embedded: [situation: string, headers: Record<string, string>, status: number][] = [
    ["a foreign page shows the tray", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }, 403],
    ["a foreign page reads the basket", { origin: "http://evil.example" }, 403],
    [
      "somebody follows a link to the lane",
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
      200,
    ],
  ];
  it.each(embedded)("%s", async (_situation, headers, status) => {
    expect(await statusWith("/api/lane", headers)).toBe(status);
  });

  it("find a policy on every answer, errors too", async () => {
    for (const path of ["/", "/api/lane", "/nothing"]) {
      const { headers } = await get(path);
      expect(headers.get("content-security-policy")).toContain("default-src 'self'");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
  });
});

describe("the page", () => {
  it("says how to build it when it is not built", async () => {
    const response = await get("/");
    expect(response.status).toBe(503);
    expect(await response.text()).toContain("npm run build");
  });

  it("is served fresh, its hashed assets for ever, and nothing beside it", async () => {
    mkdirSync(join(pageDir, "web/assets"), { recursive: true });
    writeFileSync(join(pageDir, "web/index.html"), "<title>lane</title>");
    writeFileSync(join(pageDir, "web/assets/a-1.js"), "1");
    writeFileSync(join(pageDir, "secret.txt"), "s");
    await t.api.stop();
    t = await openTestApi({ pageDir: join(pageDir, "web") });
    const index = await get("/");
    expect(await index.text()).toContain("lane");
    expect(index.headers.get("cache-control")).toBe("no-cache");
    expect((await get("/assets/a-1.js")).headers.get("cache-control")).toContain("immutable");
    expect((await get("/%2e%2e/secret.txt")).status).toBe(404);
    expect((await get("/api/demo/till")).status).toBe(204);
  });
});

describe("an address that cannot be had", () => {
  const cases: [situation: string, host: string, port: () => number, says: RegExp][] = [
    ["a port in use", "127.0.0.1", () => Number(new URL(t.url).port), /in use.*kiosk\.port/],
    ["an address of another machine", "192.0.2.1", () => 0, /not an address of this machine.*kiosk\.host/],
  ];
  it.each(cases)("is one error that names the fix: %s", async (_situation, host, port, says) => {
    const error = await openTestApi({ host, port: port() }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "KIOSK_ADDRESS" });
    expect(`${(error as Error).message}. ${(error as { fix: string }).fix}`).toMatch(says);
  });
});
