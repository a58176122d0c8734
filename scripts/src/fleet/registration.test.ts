import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { CloudSync } from "@tillsight/cloud-sync";
import { fleetTopics } from "@tillsight/contracts";
import mqtt from "mqtt";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Undo } from "../lane/undo.js";
import { call, openHeadquarters, openLaneEnd, store } from "./bench-fleet.js";

const patience = { timeout: 20_000, interval: 50 };
const undo = new Undo();
let dir: string;
let files: string;
let cloud: CloudSync;

beforeAll(async () => {
  files = mkdtempSync(join(tmpdir(), "tillsight-mosquitto-"));
  undo.add(() => rmSync(files, { recursive: true, force: true }));
  ({ dir, cloud } = await openHeadquarters(undo, { registeredOnly: true, mosquittoDir: files }));
}, 180_000);
afterAll(() => undo.run());

const presence = async (name: string) =>
  (await call(cloud, "GET", `/api/fleet/terminals/${store}/${name}`)).json.presence;

async function invite(terminal: string): Promise<string> {
  const { status, json } = await call(cloud, "POST", "/api/fleet/registrations", {
    store,
    terminal,
    group: "canary",
  });
  expect(status).toBe(201);
  return json.code;
}

const register = (code: string) => call(cloud, "POST", "/api/register", { code }, { authorization: "" });

function connect(terminal: string, credentials: { username: string; password: string }) {
  const folder = join(dir, terminal);
  mkdirSync(folder, { recursive: true });
  const end = openLaneEnd({ dir: folder, terminal, broker: { url: cloud.brokerUrl, credentials } });
  undo.add(() => end.stop());
  return end;
}

test("a code works once, without a token, however it is typed", async () => {
  const code = await invite("lane-1");
  expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
  const { status, json } = await register(` ${code.toLowerCase().replaceAll("-", " ")}`);
  expect([status, json]).toMatchObject([
    200,
    { store, terminal: "lane-1", username: "store-1.lane-1", trustedKeys: [cloud.publicKey] },
  ]);
  const again = await register(code);
  expect([again.status, again.json.type]).toEqual([403, "REGISTRATION_REFUSED"]);
  const end = connect("lane-1", json);
  end.sell(1, 2);
  await expect.poll(() => presence("lane-1"), patience).toBe("online");
  await expect.poll(() => end.uplink.outbox.backlog, patience).toEqual({});
  const row = (await call(cloud, "GET", `/api/fleet/terminals/${store}/lane-1`)).json;
  expect(row).toMatchObject({ credential: "active", group: "canary" });
});

test("a newer code takes the place of one that was not used", async () => {
  const first = await invite("lane-2");
  const second = await invite("lane-2");
  expect((await register(first)).status).toBe(403);
  expect((await register(second)).status).toBe(200);
});

test("nobody gets in without a credential, and a terminal speaks for nobody else", async () => {
  for (const access of [
    {},
    { username: "store-1.lane-1", password: "guess" },
    { username: "headquarters", password: "" },
  ])
    await expect(
      mqtt.connectAsync(cloud.brokerUrl, { ...access, reconnectPeriod: 0 }, false),
    ).rejects.toThrow(/Bad username or password/);
  const { json } = await register(await invite("lane-3"));
  const client = await mqtt.connectAsync(cloud.brokerUrl, {
    username: json.username,
    password: json.password,
  });
  await client.publishAsync(fleetTopics.death.topic(store, "lane-1"), JSON.stringify({ session: 1 }), {
    qos: 1,
  });
  const birth = { session: 1, at: 1, beatSeconds: 1, version: "x", startedAt: 1, models: {} };
  const config = { version: 0, state: "applied", detail: "" };
  await client.publishAsync(fleetTopics.birth.topic(store, "lane-9"), JSON.stringify({ ...birth, config }), {
    qos: 1,
  });
  await client.publishAsync(fleetTopics.birth.topic(store, "lane-3"), JSON.stringify({ ...birth, config }), {
    qos: 1,
  });
  await expect.poll(() => presence("lane-3"), patience).toBe("online");
  expect(await presence("lane-1")).toBe("online");
  expect((await call(cloud, "GET", `/api/fleet/terminals/${store}/lane-9`)).status).toBe(404);
  await client.endAsync();
});

test("a credential that is taken back ends the connection at once and opens no other", async () => {
  const { json } = await register(await invite("lane-4"));
  const end = connect("lane-4", json);
  await expect.poll(() => presence("lane-4"), patience).toBe("online");
  const path = `/api/fleet/terminals/${store}/lane-4/credential`;
  expect((await call(cloud, "DELETE", path)).json).toEqual({ revoked: true });
  await expect.poll(() => presence("lane-4"), patience).toBe("offline");
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(end.uplink.health().facts?.connected).toBe(false);
  expect((await call(cloud, "DELETE", path)).json).toEqual({ revoked: false });
});

test("no password or code lies in the database as it is", async () => {
  const code = await invite("lane-5");
  const { json } = await register(code);
  const { text } = await call(cloud, "GET", "/api/fleet/mosquitto/passwords");
  expect(text).toContain("store-1.lane-5:$7$");
  expect(text).not.toContain(json.password);
  const acl = (await call(cloud, "GET", "/api/fleet/mosquitto/acl")).text;
  expect(acl).toContain("user store-1.lane-5\ntopic write tillsight/store-1/lane/lane-5/request");
  expect(
    (await call(cloud, "GET", "/api/fleet/mosquitto/acl", undefined, { authorization: "" })).status,
  ).toBe(401);
});

test("a lane registers itself from its command line", async () => {
  const config = join(dir, "lane-7.json");
  writeFileSync(config, JSON.stringify({ dataDir: join(dir, "lane-7") }));
  const main = fileURLToPath(new URL("../../../edge-daemon/dist/main.js", import.meta.url));
  const run = (code: string) =>
    promisify(execFile)("node", [main, "-c", config, "register", cloud.url, code]);
  const { stdout } = await run(await invite("lane-7"));
  const settings = JSON.parse(stdout.slice(stdout.indexOf("{")));
  expect(settings).toMatchObject({
    ...{ store, terminal: "lane-7" },
    sync: { brokerUrl: cloud.brokerUrl, username: "store-1.lane-7", trustedKeys: [cloud.publicKey] },
  });
  const { passwordFile, username } = settings.sync;
  expect(statSync(passwordFile).mode & 0o777).toBe(0o600);
  connect("lane-7", { username, password: readFileSync(passwordFile, "utf8").trim() });
  await expect.poll(() => presence("lane-7"), patience).toBe("online");
  await expect(run("WRONG")).rejects.toMatchObject({ stderr: expect.stringContaining("cannot be used") });
}, 30_000);

test("wrong codes are tried ten times a minute and no more, right ones wait with them", async () => {
  const right = await invite("lane-6");
  const statuses = await Promise.all(Array.from({ length: 14 }, (_, i) => register(`WRONG-${i}`)));
  expect(statuses.filter(({ status }) => status === 403).length).toBeLessThanOrEqual(10);
  expect((await register(right)).status).toBe(429);
});

test("mosquitto's files are written anew with each registration", async () => {
  expect(readFileSync(join(files, "passwords"), "utf8")).toMatch(/^store-1\.lane-1:\$7\$101\$/m);
  expect(readFileSync(join(files, "acl"), "utf8")).toContain("user store-1.lane-1\n");
  expect(readFileSync(join(files, "acl"), "utf8")).not.toContain("lane-4");
  expect(statSync(join(files, "passwords")).mode & 0o007).toBe(0);
});
