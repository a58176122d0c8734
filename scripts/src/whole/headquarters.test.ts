import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CloudSync, photoReader, startCloudSync } from "@tillsight/cloud-sync";
import { NodeName, Product } from "@tillsight/contracts";
import { openNetworks, parseConfig } from "@tillsight/edge-daemon";
import sharp from "sharp";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { z } from "zod";
import { enrolDemoStore, stockHeadquarters } from "../lane/demo-catalog.js";
import { Undo } from "../lane/undo.js";
import { soldIn } from "../prove/compare.js";
import { referencePhotos } from "../virtual/reference-photos.js";
import { demoProduct } from "../virtual/store.js";
import { metricsNamed, metricsOf, shippedMonitoring } from "./monitoring.js";
import { connectWhenUp, type PageClient } from "./page-client.js";
import { answerAll, buy, untilLines, untilStatus } from "./shop.js";
import { openStoreFront, type StoreFront, thing } from "./store-front.js";

const undo = new Undo();
const patience = { timeout: 15_000, interval: 20 };
const soon = () => AbortSignal.timeout(25_000);
const stocked = ["broccoli", "battery", "pretzel"];
let cloud: CloudSync;
let store: StoreFront;
let page: PageClient;

beforeAll(async () => {
  const networks = await openNetworks(parseConfig({ models: { threads: 1 } }, "the defaults"));
  undo.add(() => networks.close());
  const dataDir = mkdtempSync(join(tmpdir(), "tillsight-hq-"));
  undo.add(() => rmSync(dataDir, { recursive: true, force: true }));
  const { detector, embedder } = networks;
  cloud = await startCloudSync({
    ...{ dataDir, store: NodeName.parse("demo"), embedderId: embedder.info.id },
    photoReader: photoReader(detector, embedder),
  });
  undo.add(() => cloud.stop());
  const goods = await enrolDemoStore(networks, 3, undefined, stocked.map(demoProduct));
  await stockHeadquarters(cloud.catalog, goods);
  const assortment = { goods, embedderId: embedder.info.id, size: embedder.size };
  store = await openStoreFront({ assortment, headquarters: cloud });
  undo.add(() => store.close());
  await store.run().ready();
  page = await connectWhenUp(store.url, store.pin, soon());
  undo.add(() => page.close());
  await vi.waitFor(async () => expect(await references()).toBe(9), patience);
});
afterAll(() => undo.run());

async function references(): Promise<number> {
  const metrics = await (await fetch(new URL("/metrics", store.url))).text();
  return Number(/^tillsight_catalog_references (\d+)$/m.exec(metrics)?.[1]);
}

async function laneKnows(sku: string): Promise<Product | undefined> {
  const products = z.array(Product).parse(await page.json(`/api/products?limit=100`));
  return products.find((product) => product.sku === sku);
}

/** A write at headquarters, as a back office makes it. */
async function tell(method: string, path: string, body: FormData | object): Promise<void> {
  const form = body instanceof FormData;
  const answer = await fetch(new URL(path, cloud.url), {
    method,
    headers: {
      authorization: `Bearer ${cloud.token}`,
      ...(!form && { "content-type": "application/json" }),
    },
    body: form ? body : JSON.stringify(body),
  });
  expect(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`).toBe(true);
}

async function clear(): Promise<void> {
  store.lay();
  await untilStatus(page, "idle", soon());
}

it("a price that headquarters changes holds from the next shopper on; the open basket keeps its own", async () => {
  const table = store.lay(thing("broccoli", 500, 330), thing("battery", 800, 380));
  await untilLines(page, table, soon());
  await tell("PUT", "/api/products/broccoli/price", { price: { minor: 199, currency: "EUR" } });
  await expect.poll(async () => (await laneKnows("broccoli"))?.price.minor, patience).toBe(199);
  const first = await buy(page, table, soon());
  const price = (transactionId: string | null) =>
    soldIn(store.booked(), transactionId).pieces.find((piece) => piece.sku === "broccoli")?.minor;
  expect(price(first.transactionId)).toBe(169);
  await clear();
  const second = await buy(page, store.lay(thing("broccoli", 600, 330)), soon());
  expect(price(second.transactionId)).toBe(199);
  await clear();
}, 60_000);

it("an item that headquarters adds with photos is known on the tray where it lies, without a restart", async () => {
  const item = demoProduct("doughnut");
  const table = store.lay(thing("doughnut", 620, 340));
  await untilLines(page, table, soon());
  const offered = () =>
    page
      .view()
      .basket.lines.some((l) => [l.sku, ...l.candidates.map((c) => c.sku)].includes(item.product.sku));
  expect(offered()).toBe(false);
  const { sku: _sku, ...product } = item.product;
  await tell("PUT", "/api/products/doughnut", product);
  const photos = new FormData();
  for (const [i, { width, height, data }] of (await referencePhotos(item, 4, 7)).entries()) {
    const jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 92 })
      .toBuffer();
    photos.append("photo", new Blob([new Uint8Array(jpeg)], { type: "image/jpeg" }), `photo-${i}.jpg`);
  }
  await tell("POST", "/api/products/doughnut/photos", photos);
  const at = performance.now();
  await expect.poll(offered, patience).toBe(true);
  console.log(`offered ${Math.round(performance.now() - at)} ms after headquarters had the photos`);
  await answerAll(page, table);
  await page.act({ do: "checkout" });
  const paid = await untilStatus(page, "done", soon());
  const { pieces } = soldIn(store.booked(), paid.transactionId);
  expect(pieces.map(({ sku, minor }) => [sku, minor])).toEqual([["doughnut", item.product.price.minor]]);
}, 60_000);

const fromHeadquarters = async (path: string): Promise<Response> => {
  const answer = await fetch(new URL(path, cloud.url), {
    headers: { authorization: `Bearer ${cloud.token}` },
  });
  expect(answer.status, path).toBe(200);
  return answer;
};
const SentSales = z.object({
  sales: z.array(
    z.object({
      id: z.string(),
      sale: z.object({
        lines: z.array(z.object({ sku: z.string(), total: z.object({ minor: z.number() }) })),
      }),
    }),
  ),
});
const SentCrops = z.object({
  crops: z.array(
    z.object({
      id: z.string(),
      body: z.object({ lineItemId: z.string().nullable(), decision: z.object({ kind: z.string() }) }),
    }),
  ),
});

it("headquarters has what this lane sold to the cent, and sees how it fares", async () => {
  const sales = async () =>
    SentSales.parse(await (await fromHeadquarters("/api/sales?terminal=lane-1&status=done")).json()).sales;
  await expect.poll(async () => (await sales()).length, patience).toBe(3);
  for (const { id, sale } of await sales()) {
    const booked = soldIn(store.booked(), id).pieces.map(({ sku, minor }) => `${sku} ${minor}`);
    expect(sale.lines.map(({ sku, total }) => `${sku} ${total.minor}`).sort()).toEqual(booked.sort());
  }
  const lane = async () => (await fromHeadquarters("/api/fleet/terminals/demo/lane-1")).json();
  expect(await lane()).toMatchObject({
    ...{ presence: "online", beat: { health: "ok", basket: expect.any(String) } },
    birth: { config: { version: 0, state: "applied" }, models: { embedder: { provider: "cpu" } } },
  });
  // The doughnut was nobody's until headquarters had it: its picture is there, and the line that it became.
  const { crops } = SentCrops.parse(await (await fromHeadquarters("/api/crops?terminal=lane-1")).json());
  const crop = crops.find(({ body }) => body.lineItemId !== null);
  expect(["unknown", "ambiguous"]).toContain(crop?.body.decision.kind);
  const cut = await (await fromHeadquarters(`/api/crops/${crop?.id}/picture`)).arrayBuffer();
  expect((await sharp(cut).metadata()).format).toBe("jpeg");
  await tell("POST", "/api/fleet/terminals/demo/lane-1/commands", { command: { do: "picture" } });
  await expect.poll(lane, patience).toMatchObject({ pictureAt: expect.any(String) });
  const tray = await (await fromHeadquarters("/api/fleet/terminals/demo/lane-1/picture")).arrayBuffer();
  expect((await sharp(tray).metadata()).width).toBeGreaterThan(600);
}, 60_000);

it("in service mode the lane takes nothing, and sells again when it ends", async () => {
  await clear();
  const service = (on: boolean) =>
    tell("POST", "/api/fleet/terminals/demo/lane-1/commands", { command: { do: "service", on } });
  const noticed = () => page.view().notices.some(({ code }) => code === "SERVICE_MODE");
  await service(true);
  await expect.poll(noticed, patience).toBe(true);
  store.lay(thing("pretzel", 620, 340));
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect(page.view().basket.lines).toEqual([]);
  await service(false);
  await expect.poll(() => page.view().basket.lines.length, patience).toBe(1);
  await clear();
}, 60_000);

it("every metric that dashboards and alerts name is one that this headquarters or this lane has", async () => {
  const there = new Set([
    ...(await metricsOf(new URL("/metrics", cloud.url), cloud.token)),
    ...(await metricsOf(new URL("/metrics", store.url))),
  ]);
  for (const [file, named] of metricsNamed(shippedMonitoring)) {
    expect(named.length, file).toBeGreaterThan(10);
    for (const name of named) expect(there, `${name} in ${file}`).toContain(name);
  }
});

it("a lane whose headquarters goes away sells on and says so", async () => {
  await clear();
  await cloud.stop();
  const health = async () =>
    (await page.json("/healthz")) as { state: string; parts: { sync?: { state: string } } };
  await expect.poll(async () => (await health()).parts.sync?.state, patience).toBe("degraded");
  expect((await fetch(new URL("/readyz", store.url))).status).toBe(200);
  const paid = await buy(page, store.lay(thing("pretzel", 620, 340)), soon());
  expect(soldIn(store.booked(), paid.transactionId).pieces).toHaveLength(1);
}, 60_000);
