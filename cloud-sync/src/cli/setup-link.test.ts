import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseOptions } from "../cli.js";
import { type CloudSync, startCloudSync } from "../cloud.js";
import { Browser } from "../http/testing.js";
import { embedderId, temporaryFolder } from "../test-helpers.js";
import { newSetupLink } from "./setup-link.js";

const password = "correct horse battery";
const folder = temporaryFolder();
const data = join(folder.dir, "hq");
let cloud: CloudSync;
const start = async () => {
  cloud = await startCloudSync({ dataDir: data, store: "north", embedderId, passwordLog2N: 10 });
};
beforeAll(start, 120_000);
afterAll(async () => {
  await cloud.stop();
  folder.clean();
});

const link = (...argv: string[]) => newSetupLink(parseOptions(["--data", data, ...argv]));
const use = (url: string, name: string) =>
  new Browser(cloud).call("POST", "/api/setup", { setupToken: new URL(url).hash.slice(1), name, password });

test("a link that got lost is made anew, while headquarters runs and while it does not", async () => {
  const asked = await link();
  expect(asked.startsWith(`${cloud.url}/setup#`)).toBe(true);
  await cloud.stop();
  const written = await link("--public-url", "https://hq.example");
  expect(written).toMatch(/^https:\/\/hq\.example\/setup#[\w-]{43}$/);
  await start();
  expect(cloud.setupUrl).toBeDefined();
  expect((await use(written, "anna")).status).toBe(201);
  // The others were for the first administrator too.
  expect((await use(asked, "ben")).status).toBe(409);
}, 120_000);

test("afterwards a link is for a user by name, and nobody becomes administrator by one", async () => {
  await expect(link()).rejects.toMatchObject({ message: expect.stringContaining("set up already") });
  await expect(link("--user", "nobody")).rejects.toMatchObject({
    message: expect.stringContaining("no user nobody"),
  });
  expect((await use(await link("--user", "anna"), "anna")).status).toBe(201);
  await cloud.stop();
  await expect(link()).rejects.toMatchObject({ code: "SETUP_DONE" });
  await start();
}, 120_000);
