import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { CloudSync } from "@tillsight/cloud-sync";
import {
  type Camera,
  createServiceManager,
  type Daemon,
  DeliveredModels,
  defaultPageDir,
  openNetworks,
  parseConfig,
  shippedNetworks,
  silentLogger,
  startDaemon,
  systemClock,
} from "@tillsight/edge-daemon";
import { openPtyPair, SimulatedTill } from "@tillsight/edge-daemon/testing";
import { readModel } from "@tillsight/models";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Undo } from "../lane/undo.js";
import { call, openHeadquarters, store } from "./bench-fleet.js";

const patience = { timeout: 60_000, interval: 100 };
const undo = new Undo();
let dir: string;
let cloud: CloudSync;

beforeAll(async () => {
  ({ dir, cloud } = await openHeadquarters(undo));
}, 60_000);
afterAll(() => undo.run());

/** A tray that nobody uses. */
const nothingToSee = (): Camera =>
  ({
    status: () => ({
      ...{ state: "ended", fault: null, detail: "nothing is to be seen", width: 1, height: 1 },
      ...{ fps: 0, captured: 0, dropped: 0, reopened: 0 },
    }),
    onStatus: () => () => {},
    start() {},
    async stop() {},
    frames: async function* () {},
  }) as unknown as Camera;

/** The real daemon, started again whenever it ends itself, as systemd would. */
async function lane(terminal: string) {
  const pty = await openPtyPair();
  undo.add(() => pty.close());
  const settings = { protocol: "till-line" as const, path: pty.till };
  const till = new SimulatedTill({ settings, log: join(dir, `${terminal}.jsonl`), plug: pty });
  await till.start();
  undo.add(() => till.stop());
  const dataDir = join(dir, terminal);
  mkdirSync(dataDir);
  const config = parseConfig(
    {
      ...{ store, terminal, dataDir, models: { threads: 1, measure: false }, kiosk: { port: 0 } },
      till: { protocol: "till-line", path: pty.lane },
      sync: { brokerUrl: cloud.brokerUrl, trustedKeys: [cloud.publicKey] },
      uplink: { beatSeconds: 1 },
    },
    "a test",
  );
  const ended = new AbortController();
  const lives = { starts: 0, print: "" };
  const run = async () => {
    while (!ended.signal.aborted) {
      const delivered = new DeliveredModels(dataDir);
      const networks = await openNetworks(config, { delivered });
      const restart = new AbortController();
      const daemon: Daemon = await startDaemon(
        config,
        {
          ...{ log: silentLogger, clock: systemClock, manager: createServiceManager({}, () => {}) },
          ...{ camera: nothingToSee(), networks, pageDir: defaultPageDir, restart: () => restart.abort() },
          models: { delivered, shipped: await shippedNetworks(config), idleMs: 200 },
        },
        new AbortController().signal,
      );
      lives.starts++;
      lives.print = networks.print?.info.id ?? "";
      const end = AbortSignal.any([ended.signal, restart.signal]);
      if (!end.aborted)
        await new Promise((resolve) => end.addEventListener("abort", resolve, { once: true }));
      await daemon.stop();
      await networks.close();
    }
  };
  const running = run();
  undo.add(async () => {
    ended.abort();
    await running;
  });
  await expect.poll(() => lives.starts, patience).toBe(1);
  return lives;
}

/** The network that ships for pictures of goods, under another name or with other weights. */
async function addNetwork(name: string, weights?: Buffer): Promise<string> {
  const shipped = await readModel("print");
  const bytes = weights ?? shipped.bytes;
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const form = new FormData();
  form.set("manifest", JSON.stringify({ ...shipped.manifest, id: name, bytes: bytes.length, sha256 }));
  form.set("weights", new Blob([new Uint8Array(bytes)]), "print.onnx");
  const response = await fetch(`${cloud.url}/api/models`, {
    ...{ method: "POST", body: form, headers: { authorization: `Bearer ${cloud.token}` } },
  });
  const model = (await response.json()) as { id: string };
  expect([response.status, model.id]).toEqual([201, `${name}@${sha256.slice(0, 11)}`]);
  return model.id;
}

const rollouts = "/api/fleet/rollouts";
const state = async (id: string) => (await call(cloud, "GET", `${rollouts}/${id}`)).json.state;

test("an embedder is no network that headquarters brings, and no rollout begins with another than the catalog's", async () => {
  const manifest = JSON.stringify((await readModel("embedder")).manifest);
  const form = new FormData();
  form.set("manifest", manifest);
  form.set("weights", new Blob([new Uint8Array(10)]));
  const headers = { authorization: `Bearer ${cloud.token}` };
  const sent = await fetch(`${cloud.url}/api/models`, { method: "POST", body: form, headers });
  expect(sent.status).toBe(422);
  expect(await sent.json()).toMatchObject({
    ...{ type: "MODEL_REFUSED", fix: expect.stringContaining("Another embedder") },
  });
  const body = {
    ...{ name: "x", target: { kind: "model", id: "embedder-9@00000000000" } },
    stages: [{ name: "all", groups: ["*"] }],
  };
  const made = await call(cloud, "POST", rollouts, body);
  expect([made.status, made.json.type]).toEqual([409, "ROLLOUT_STATE"]);
  expect(made.json.fix).toContain("Another embedder");
});

async function rollOut(id: string): Promise<string> {
  const body = {
    ...{ name: id, target: { kind: "model", id }, onError: "rollBack" },
    stages: [
      { name: "canary", terminals: [`${store}/canary`], soakSeconds: 0, timeoutSeconds: 600 },
      { name: "rest", groups: ["*"], soakSeconds: 0, timeoutSeconds: 600 },
    ],
  };
  const made = await call(cloud, "POST", rollouts, body);
  expect([made.status, made.json.plan?.target]).toEqual([201, { kind: "model", id, role: "print" }]);
  await call(cloud, "POST", `${rollouts}/${made.json.id}/start`);
  return made.json.id;
}

test("a network comes to the canary, then to the rest; one that does not load is taken back from the canary alone", async () => {
  const canary = await lane("canary");
  const rest = await lane("rest");
  const shipped = canary.print;
  const terminal = async (name: string) =>
    (await call(cloud, "GET", `/api/fleet/terminals/${store}/${name}`)).json;
  for (const name of ["canary", "rest"])
    await expect.poll(async () => (await terminal(name)).birth?.models.print.id, patience).toBe(shipped);

  const fresh = await addNetwork("print-2");
  const good = await rollOut(fresh);
  await expect.poll(() => canary.print, patience).toBe(fresh);
  await expect.poll(() => rest.print, patience).toBe(fresh);
  await expect.poll(async () => (await state(good)).status, patience).toBe("done");
  expect([canary.starts, rest.starts]).toEqual([2, 2]);
  expect((await terminal("rest")).birth.models.print.id).toBe(fresh);

  const broken = await addNetwork("print-3", Buffer.alloc(300_000, 7));
  const bad = await rollOut(broken);
  await expect.poll(async () => (await state(bad)).status, patience).toBe("rolledBack");
  expect((await state(bad)).why).toContain(`${store}/canary`);
  // It tried, fell back to the one before, and says so; the other lane was never told.
  expect([canary.starts, canary.print, rest.starts]).toEqual([3, fresh, 2]);
  await expect
    .poll(async () => (await terminal("canary")).settings, patience)
    .toMatchObject({ desired: { models: { print: fresh } }, reported: { state: "applied" } });

  // What the lanes came with can be had back.
  expect((await call(cloud, "POST", `${rollouts}/${good}/roll-back`)).status).toBe(200);
  await expect.poll(async () => (await state(good)).status, patience).toBe("rolledBack");
  expect([canary.print, rest.print]).toEqual([shipped, shipped]);
}, 240_000);
