import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { silentLogger } from "../log.js";
import type { Database } from "../storage/database.js";
import { onEachEngine } from "../storage/testing/each-engine.js";
import { agree, requireEmbedder } from "./agreement.js";
import { Copies } from "./copies.js";

const patience = { timeout: 20_000, interval: 20 };
const lanes = Array.from({ length: 60 }, (_, i) => `store/lane-${i}`);

onEachEngine((place) => {
  let db: Database;
  let open: Copies[] = [];
  beforeAll(async () => {
    db = await place().open();
  }, 60_000);
  beforeEach(() => {
    open = [];
  });
  afterAll(() => db.close());

  const start = async (fit = () => true) => {
    const copies = new Copies({ db, log: silentLogger, beatMs: 100, fit });
    open.push(copies);
    await copies.start();
    return copies;
  };
  const ownersOf = (lane: string) => open.filter((copy) => copy.owns(lane)).length;

  test("a copy that is alone looks after everything", async () => {
    const one = await start();
    for (const lane of lanes) expect(one.owns(lane)).toBe(true);
    await one.stop();
    await one.stop();
  });

  test("a second signing key on one database is refused until it is adopted", async () => {
    await agree(db, "key-a", "embedder-1", false);
    await agree(db, "key-a", "embedder-1", false);
    await expect(agree(db, "key-b", "embedder-1", false)).rejects.toMatchObject({
      code: "CLOUD_START",
      fix: expect.stringContaining("--signing-key"),
    });
    await agree(db, "key-b", "embedder-1", true);
    await agree(db, "key-b", "embedder-1", false);
  });

  test("a copy of before a change of the embedder must not begin the history again", async () => {
    await agree(db, "key-b", "embedder-2", false);
    await requireEmbedder(db, "embedder-2");
    await expect(requireEmbedder(db, "embedder-1")).rejects.toMatchObject({ code: "COPY_OUTDATED" });
  });

  test("copies share the lanes, take over from one that is gone or cut off, and give back when it returns", async () => {
    // The embedded database serves one process only, so there it is always alone.
    if (db.engine === "pglite") return expect((await start()).count).toBe(1);
    let connected = true;
    const [one, two] = [await start(), await start(() => connected)];
    await expect.poll(() => [one.count, two.count], patience).toEqual([2, 2]);
    for (const lane of lanes) expect(ownersOf(lane)).toBe(1);
    expect(lanes.filter((lane) => one.owns(lane)).length).toBeGreaterThan(10);
    let told = 0;
    one.onChange(() => told++);
    connected = false;
    await expect.poll(() => lanes.every((lane) => one.owns(lane) && !two.owns(lane)), patience).toBe(true);
    expect(told).toBe(1);
    connected = true;
    await expect.poll(() => lanes.filter((lane) => two.owns(lane)).length, patience).toBeGreaterThan(10);
    await two.stop();
    // Told of it, long before it would have been missed.
    await expect.poll(() => lanes.every((lane) => one.owns(lane)), patience).toBe(true);
    // One that fell silent without a goodbye.
    const { id } = two;
    await db.query("insert into copy (id, host) values ($1, 'gone')", [id]);
    await expect.poll(() => one.count, patience).toBe(2);
    await sleep(350);
    await expect.poll(() => one.count, patience).toBe(1);
    await one.stop();
  }, 60_000);
});
