import { join } from "node:path";
import { HealthReport } from "@tillsight/contracts";
import type { CameraBehaviour } from "@tillsight/edge-daemon/testing";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { compare, expectedPieces, isSame, soldIn } from "../prove/compare.js";
import { referencePhotos } from "../virtual/reference-photos.js";
import { demoProduct } from "../virtual/store.js";
import type { DaemonProcess } from "./daemon-process.js";
import { tillsight } from "./daemon-process.js";
import { connectWhenUp, type PageClient } from "./page-client.js";
import { answerAll, buy, untilLines, untilStatus } from "./shop.js";
import { openStoreFront, photograph, type StoreFront, thing } from "./store-front.js";

let store: StoreFront;
let daemon: DaemonProcess;
let page: PageClient;
const patience = { timeout: 15_000, interval: 50 };
const soon = () => AbortSignal.timeout(25_000);

/** One lane for the whole file: starting a process with its networks is what takes time. */
beforeAll(async () => {
  const assortment = await photograph(["broccoli", "battery", "cheese", "pretzel", "apple-red"], 3);
  store = await openStoreFront({
    assortment,
    cameraSettings: { frozenAfterMs: 2_000, hungAfterMs: 2_000, blindAfterMs: 400 },
  });
  daemon = store.run();
  await daemon.ready();
  page = await connectWhenUp(store.url, store.pin, soon());
});
afterAll(async () => {
  page?.close();
  await store?.close();
});

/** An empty tray and an idle lane, whatever the test before left. */
async function startAfresh(): Promise<void> {
  store.lay();
  if (page.view().basket.status === "shopping") await page.act({ do: "cancel" }).catch(() => {});
  await untilStatus(page, "idle", soon());
}
afterEach(startAfresh);

const get = (path: string) => fetch(new URL(path, store.url));

it("goods in the picture become lines in the till's log, each acknowledged", async () => {
  const table = store.lay(
    thing("broccoli", 420, 330),
    thing("battery", 700, 380),
    thing("pretzel", 930, 300),
    thing("battery", 640, 180),
  );
  const paid = await buy(page, table, soon());
  expect(paid.lines.map((line) => line.till)).toEqual(Array(4).fill("settled"));
  const sold = soldIn(store.booked(), paid.transactionId);
  const expected = expectedPieces(table.map(({ sku, grossGrams }) => ({ sku, quantity: 1, grossGrams })));
  const difference = compare(expected, sold);
  expect(isSame(difference), JSON.stringify(difference)).toBe(true);
});

describe("beside the running lane", () => {
  it("health, readiness, metrics and `tillsight status` say that it sells", async () => {
    await untilLines(page, store.lay(thing("cheese", 600, 350)), soon());
    const health = HealthReport.parse(await (await get("/healthz")).json());
    expect(health.state, JSON.stringify(health)).toBe("ok");
    expect(Object.keys(health.parts).sort()).toEqual([
      "basket",
      "camera",
      "catalog",
      "loops",
      "models",
      "till",
      "uplink",
    ]);
    expect((await get("/readyz")).status).toBe(200);
    const metrics = await (await get("/metrics")).text();
    expect(metrics).toMatch(/^tillsight_catalog_references 15$/m);
    expect(metrics).toMatch(/^tillsight_recognition_stage_seconds_count\{stage="[a-z]+"\} [1-9]/m);
    expect(metrics).toMatch(/^tillsight_frame_to_lines_seconds_count [1-9]/m);
    expect(metrics).toMatch(/^tillsight_decisions_total\{outcome="matched"\} [1-9]/m);
    const status = await tillsight(store.configFile, "status");
    expect(status, status.err).toMatchObject({ code: 0 });
    expect(status.out).toMatch(/^ok {2}\(version /);
    const json = await tillsight(store.configFile, "status", "--json");
    expect(HealthReport.parse(JSON.parse(json.out)).parts.till?.state).toBe("ok");
  });

  it("`tillsight doctor` finds nothing that keeps a lane from selling, and leaves the sale alone", async () => {
    const before = await untilLines(page, store.lay(thing("cheese", 600, 350)), soon());
    const answer = await tillsight(store.configFile, "doctor", "--json");
    const findings = JSON.parse(answer.out) as { check: string; state: string; detail: string }[];
    expect(findings.filter((f) => f.state === "failure")).toEqual([]);
    expect(findings.find((f) => f.check === "kiosk port")?.state).toBe("warning");
    expect(answer.code).toBe(0);
    expect(page.view().basket.lines.map((l) => l.id)).toEqual(before.basket.lines.map((l) => l.id));
    expect(page.view().notices).toEqual([]);
  });

  it("an item that `tillsight enroll` adds is known on the tray where it lies, without a restart", async () => {
    const item = demoProduct("sparkling-wine");
    const offered = () =>
      page
        .view()
        .basket.lines.some((l) => [l.sku, ...l.candidates.map((c) => c.sku)].includes(item.product.sku));
    const table = store.lay(thing("sparkling-wine", 600, 350, 40));
    await untilLines(page, table, soon());
    expect(offered()).toBe(false);
    const photos: string[] = [];
    for (const [i, { width, height, data }] of (await referencePhotos(item, 5, 7)).entries()) {
      photos.push(join(store.dir, `photo-${i}.png`));
      await sharp(data, { raw: { width, height, channels: 3 } })
        .png()
        .toFile(photos.at(-1) ?? "");
    }
    const { name, price } = item.product;
    const terms = ["--sku", "sparkling-wine", "--name", name, "--price", String(price.minor)];
    const answer = await tillsight(store.configFile, "enroll", ...photos, ...terms);
    expect(answer, answer.err).toMatchObject({ code: 0 });
    const at = performance.now();
    await expect.poll(offered, { ...patience, interval: 20 }).toBe(true);
    console.log(`offered ${Math.round(performance.now() - at)} ms after enrolment`);
    await answerAll(page, table);
    await page.act({ do: "checkout" });
    const paid = await untilStatus(page, "done", soon());
    expect(soldIn(store.booked(), paid.transactionId).pieces.map((p) => [p.sku, p.minor])).toEqual([
      ["sparkling-wine", price.minor],
    ]);
  });

  it("every decision that it recorded is decided the same again", async () => {
    const traces = join(store.dataDir, "traces", "decisions.jsonl");
    const answer = await tillsight(store.configFile, "replay", traces);
    expect(answer, answer.err).toMatchObject({ code: 0 });
    expect(answer.out).toMatch(/^[1-9]\d* decisions replayed, 0 different\./m);
  });
});

const faults: [CameraBehaviour, string][] = [
  ["refusing", "CAMERA_UNPLUGGED"],
  ["hung", "CAMERA_HUNG"],
  ["frozen", "CAMERA_FROZEN"],
  ["black", "CAMERA_BLACK"],
  ["covered", "CAMERA_COVERED"],
];

it("a camera that fails in the middle of a sale is told, shows no picture, keeps the basket, and sells again", async () => {
  const table = store.lay(thing("battery", 500, 350), thing("broccoli", 800, 330));
  const before = (await untilLines(page, table, soon())).basket;
  const kept = before.lines.map((l) => [l.id, l.sku]);
  for (const [how, code] of faults) {
    await store.camera.behave(how);
    await page.until((view) => view?.notices[0]?.code === code, soon());
    expect((await get("/tray.jpg")).status).toBe(503);
    expect((await get("/readyz")).status).toBe(503);
    expect(page.view().basket.lines.map((l) => [l.id, l.sku])).toEqual(kept);
    await store.camera.behave("live");
    await page.until((view) => view?.notices.length === 0, soon());
    await expect.poll(async () => (await get("/tray.jpg")).status, patience).toBe(200);
  }
  const more = store.lay(...table, thing("pretzel", 640, 560));
  const paid = await buy(page, more, soon());
  expect(paid.transactionId).toBe(before.transactionId);
  expect(soldIn(store.booked(), paid.transactionId).pieces).toHaveLength(3);
}, 90_000);
