import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { TillScript } from "@tillsight/edge-daemon/testing";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { soldIn } from "../prove/compare.js";
import { isRunning } from "./daemon-process.js";
import { connectWhenUp } from "./page-client.js";
import { answerAll, untilLines } from "./shop.js";
import { type Assortment, openStoreFront, photograph, type StoreFront, thing } from "./store-front.js";

let assortment: Assortment;
let store: StoreFront;
const soon = () => AbortSignal.timeout(25_000);
/** Books at once and takes its time to answer, so that a sale is being sent for some seconds. */
const slowTill: TillScript = { loop: true, steps: [{ do: "slow", ms: 400, times: 100 }] };

beforeAll(async () => {
  assortment = await photograph(["broccoli", "battery", "pretzel"], 3);
});
beforeEach(async () => {
  store = await openStoreFront({ assortment, script: slowTill });
});
afterEach(() => store.close());

it("SIGTERM in the middle of paying ends in time; the next life finishes the same sale, each line once", async () => {
  const first = store.run();
  await first.ready();
  const before = await connectWhenUp(store.url, store.pin, soon());
  const table = store.lay(
    thing("broccoli", 420, 330),
    thing("battery", 700, 380),
    thing("pretzel", 930, 300),
    thing("battery", 640, 180),
    thing("broccoli", 880, 520),
  );
  await untilLines(before, table, soon());
  await answerAll(before, table);
  await before.act({ do: "checkout" });
  await expect.poll(() => store.booked().length, { timeout: 10_000, interval: 10 }).toBe(2);
  const children = first.children().map(({ pid }) => pid);
  const ended = await first.end("SIGTERM");
  expect(ended, first.said).toMatchObject({ code: 0, signal: null });
  expect(ended.afterMs).toBeLessThan(10_000);
  expect(children.filter(isRunning)).toEqual([]);
  const { transactionId } = before.view().basket;
  expect(soldIn(store.booked(), transactionId)).toMatchObject({ total: null });

  const second = store.run();
  await second.ready();
  const after = await connectWhenUp(store.url, store.pin, soon());
  await after.until((view) => view?.basket.status !== "paying", soon());
  expect(after.view().basket.transactionId).toBe(transactionId);
  const { pieces, total } = soldIn(store.booked(), transactionId);
  expect(pieces.map((p) => p.sku).sort()).toEqual(["battery", "battery", "broccoli", "broccoli", "pretzel"]);
  expect(total).toBe(pieces.reduce((sum, p) => sum + p.minor, 0));
  expect(store.booked().filter((entry) => entry.kind === "total")).toHaveLength(1);
  after.close();

  // The same process, for it is started already: two signals, as of an operator who will not wait.
  second.signal("SIGTERM");
  const hurried = await second.end("SIGTERM");
  expect(hurried.afterMs).toBeLessThan(2_000);
}, 90_000);

it("SIGTERM while it is still starting is no failure", async () => {
  const daemon = store.run();
  await expect.poll(() => daemon.log.length, { timeout: 10_000, interval: 10 }).toBeGreaterThan(0);
  expect(await daemon.end("SIGTERM"), daemon.said).toMatchObject({ code: 0, signal: null });
});

const installed =
  spawnSync("systemd-notify", ["--version"]).status === 0 && spawnSync("socat", ["-V"]).status === 0;

it.skipIf(!installed)(
  "systemd hears READY once it sells, WATCHDOG while it works, STOPPING at the end",
  async () => {
    const path = join(store.dir, "notify.sock");
    const socket = spawn("socat", ["-u", `UNIX-RECV:${path}`, "-"]);
    try {
      await expect.poll(() => existsSync(path)).toBe(true);
      let heard = "";
      socket.stdout.on("data", (bytes: Buffer) => {
        heard += bytes.toString();
      });
      const daemon = store.run({ NOTIFY_SOCKET: path, WATCHDOG_USEC: "600000" });
      await expect.poll(() => heard, { timeout: 20_000, interval: 10 }).toContain("READY=1");
      // Whoever is told of READY may connect: the kiosk answers.
      expect((await fetch(new URL("/healthz", store.url))).status).toBe(200);
      const fed = () => heard.split("WATCHDOG=1").length - 1;
      await expect.poll(fed, { timeout: 10_000 }).toBeGreaterThanOrEqual(5);
      const ended = await daemon.end("SIGTERM");
      expect(heard).toContain("STOPPING=1");
      expect(ended).toMatchObject({ code: 0 });
    } finally {
      socket.kill();
    }
  },
  60_000,
);
