import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { CloudSync } from "@tillsight/cloud-sync";
import { totalOfSale, transactionIdOf } from "@tillsight/edge-daemon/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Undo } from "../lane/undo.js";
import {
  call,
  type LaneEnd,
  type LaneEndOptions,
  openHeadquarters,
  openLaneEnd,
  store,
} from "./bench-fleet.js";

const patience = { timeout: 20_000, interval: 50 };
/** An address where no broker is. */
const nobody = { url: "mqtt://127.0.0.1:1" };
const all = new Undo();
let each = new Undo();
let dir: string;
let cloud: CloudSync;
let n = 0;

beforeAll(async () => {
  ({ dir, cloud } = await openHeadquarters(all));
}, 180_000);
afterAll(() => all.run());
beforeEach(() => {
  each = new Undo();
});
afterEach(() => each.run());

/** A lane of its own for each test. */
function lane(options: Partial<LaneEndOptions> = {}): LaneEnd & { name: string; folder: string } {
  const name = options.terminal ?? `lane-${++n}`;
  const folder = options.dir ?? join(dir, name);
  mkdirSync(folder, { recursive: true });
  const end = openLaneEnd({ broker: { url: cloud.brokerUrl }, ...options, dir: folder, terminal: name });
  each.add(() => end.stop());
  return { ...end, name, folder };
}

const salesOf = async (name: string, query = "") =>
  (await call(cloud, "GET", `/api/sales?terminal=${name}&limit=1000${query}`)).json.sales as {
    id: string;
    sale: { total: { minor: number } };
  }[];
const terminal = async (name: string) =>
  (await call(cloud, "GET", `/api/fleet/terminals/${store}/${name}`)).json;
const command = (name: string, body: object) =>
  call(cloud, "POST", `/api/fleet/terminals/${store}/${name}/commands`, body);

describe("sales", () => {
  test("are at headquarters as they were on the lane, with what happened on the way", async () => {
    const { name, sell, uplink } = lane();
    sell(1, 3);
    await expect.poll(() => salesOf(name), patience).toHaveLength(3);
    const [newest] = await salesOf(name);
    expect(newest).toMatchObject({
      ...{ id: transactionIdOf(3), store, terminal: name },
      sale: { status: "done", lines: [{ sku: "sku-3", voided: false }], total: { minor: totalOfSale(3) } },
    });
    await expect.poll(() => uplink.outbox.backlog, patience).toEqual({});
    const { events } = (await call(cloud, "GET", `/api/events?terminal=${name}&type=helpCalled`)).json;
    expect(events).toHaveLength(3);
  });

  test("of a night without network arrive once each, whoever is ended in between", async () => {
    const folder = join(dir, "night");
    mkdirSync(folder);
    const before = openLaneEnd({ dir: folder, terminal: "night", broker: nobody });
    before.sell(1001, 1450);
    await before.stop();
    for (let life = 0; life < 3; life++) {
      // What the embedded broker speaks, so that a short life gets as far as it can.
      const broker = { url: cloud.brokerUrl, mqttVersion: 4 } as const;
      const end = openLaneEnd({ dir: folder, terminal: "night", broker });
      end.sell(1451 + life * 10, 1460 + life * 10);
      await new Promise((resolve) => setTimeout(resolve, 150 * life));
      await end.stop();
    }
    const { uplink } = lane({ dir: folder, terminal: "night" });
    await expect.poll(() => uplink.outbox.backlog, patience).toEqual({});
    const ids = (await salesOf("night")).map(({ id }) => id).sort();
    expect(ids).toEqual(Array.from({ length: 480 }, (_, i) => transactionIdOf(1001 + i)));
    const { streams } = (await call(cloud, "GET", `/api/fleet/terminals/${store}/night/streams`)).json;
    expect(streams).toContainEqual(
      expect.objectContaining({ stream: "sale", n: 480, missing: 0, dropped: 0 }),
    );
  }, 120_000);

  test("are exported as CSV with a row a line, as JSON and as JSON Lines", async () => {
    const { name, sell } = lane();
    sell(2001, 2002);
    await expect.poll(() => salesOf(name), patience).toHaveLength(2);
    const text = async (format: string) =>
      (await call(cloud, "GET", `/api/sales/export?terminal=${name}&format=${format}`)).text;
    const [head, first, second, end] = (await text("csv")).split("\r\n");
    expect(head).toMatch(/^transaction,store,terminal,status,opened_at,ended_at,line,sku,name/);
    expect(first).toContain("sku-2001,Item 2001,each,1,,21.01,7,21.01,EUR,picture,false");
    expect([second?.includes("sku-2002"), end]).toEqual([true, ""]);
    expect(JSON.parse(await text("json"))).toMatchObject([
      { total: { minor: 2101 } },
      { total: { minor: 2102 } },
    ]);
    expect((await text("jsonl")).trim().split("\n")).toHaveLength(2);
    expect(
      JSON.parse((await call(cloud, "GET", "/api/sales/export?terminal=nobody&format=json")).text),
    ).toEqual([]);
    expect((await call(cloud, "GET", `/api/sales/totals?store=${store}`)).json.totals[0]).toMatchObject({
      currency: "EUR",
    });
  });

  test("are listed page by page, each once", async () => {
    const { name, sell } = lane();
    sell(3001, 3007);
    await expect.poll(() => salesOf(name), patience).toHaveLength(7);
    const seen: string[] = [];
    for (let next = ""; ; ) {
      const { json } = await call(cloud, "GET", `/api/sales?terminal=${name}&limit=3${next}`);
      seen.push(...json.sales.map(({ id }: { id: string }) => id));
      if (json.next === null) break;
      next = `&after=${json.next}`;
    }
    expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1].map((i) => transactionIdOf(3000 + i)));
  });
});

describe("a terminal", () => {
  test("is online with its first birth, stale when its heartbeat is old, and offline when it ends", async () => {
    const { name, uplink } = lane();
    await expect.poll(async () => (await terminal(name)).presence, patience).toBe("online");
    await expect.poll(async () => (await terminal(name)).beat?.lsn, patience).toBe(7);
    const later = await cloud.fleet.terminals.require(
      { store, terminal: name },
      new Date(Date.now() + 3_000),
    );
    expect(later.presence).toBe("stale");
    await uplink.stop();
    await expect.poll(async () => (await terminal(name)).presence, patience).toBe("offline");
  });

  test("has a higher session each time, and headquarters follows its beats", async () => {
    const first = lane();
    await expect.poll(async () => (await terminal(first.name)).sequence, patience).toBeGreaterThan(1);
    const { session } = await terminal(first.name);
    await first.stop();
    lane({ dir: first.folder, terminal: first.name });
    await expect.poll(async () => (await terminal(first.name)).session, patience).toBeGreaterThan(session);
    await expect.poll(async () => (await terminal(first.name)).presence, patience).toBe("online");
  });

  test("sends its picture when it is asked", async () => {
    const { name, done } = lane();
    await expect.poll(async () => (await terminal(name)).presence, patience).toBe("online");
    const { status, json } = await command(name, { command: { do: "picture" } });
    expect([status, json.state]).toEqual([201, "waiting"]);
    const state = async () => (await call(cloud, "GET", `/api/fleet/commands/${json.id}`)).json.state;
    await expect.poll(state, patience).toBe("done");
    expect(done.pictures).toBe(1);
    const picture = await fetch(`${cloud.url}/api/fleet/terminals/${store}/${name}/picture`, {
      headers: { authorization: `Bearer ${cloud.token}` },
    });
    expect(new Uint8Array(await picture.arrayBuffer())).toEqual(new Uint8Array([0xff, 0xd8, 0xff, 0xd9]));
    const nobody = await fetch(`${cloud.url}/api/fleet/terminals/${store}/${name}/picture`);
    expect(nobody.status).toBe(401);
  });

  test("that was away carries a command out when it is back, and once only", async () => {
    const first = lane();
    await expect.poll(async () => (await terminal(first.name)).presence, patience).toBe("online");
    await first.stop();
    const { json } = await command(first.name, { command: { do: "restart" }, seconds: 60 });
    const late = await command(first.name, { command: { do: "restart" }, seconds: 1 });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const again = lane({ dir: first.folder, terminal: first.name });
    const state = async (id: string) => (await call(cloud, "GET", `/api/fleet/commands/${id}`)).json.state;
    await expect.poll(() => state(json.id), patience).toBe("done");
    expect(await state(late.json.id)).toBe("expired");
    expect(again.done.restarts).toBe(1);
    await cloud.fleet.command({ store, terminal: first.name }, { do: "service", on: true }, 60, "test");
    await expect.poll(async () => (await terminal(first.name)).beat?.serviceMode, patience).toBe(true);
    expect(again.done.restarts).toBe(1);
    expect(again.uplink.serviceMode).toBe(true);
  });

  test("gets its settings with a version, and reports what it did with them", async () => {
    const { name, done } = lane();
    await expect.poll(async () => (await terminal(name)).presence, patience).toBe("online");
    const path = `/api/fleet/terminals/${store}/${name}/settings`;
    expect((await call(cloud, "PUT", path, { storeName: "North" })).json).toMatchObject({ version: 1 });
    await expect
      .poll(async () => (await terminal(name)).settings, patience)
      .toMatchObject({ version: 1, reported: { version: 1, state: "afterRestart" } });
    expect(done.settings).toEqual([{ storeName: "North" }]);
    const stale = await call(cloud, "PUT", path, { storeName: "South" }, { "if-match": '"0"' });
    expect([stale.status, stale.json.type]).toEqual([409, "CONFLICT"]);
    const wrong = await call(cloud, "PUT", path, { dataDir: "/" });
    expect(wrong.status).toBe(400);
  });
});
