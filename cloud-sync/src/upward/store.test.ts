import { randomUUID } from "node:crypto";
import { type Beat, type Birth, NodeName, type UpBatch, type UpStream } from "@tillsight/contracts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CloudCatalog } from "../catalog/catalog.js";
import { Commands } from "../fleet/commands.js";
import { Credentials } from "../fleet/credentials.js";
import { Terminals } from "../fleet/terminals.js";
import type { Database } from "../storage/database.js";
import type { ObjectStore } from "../storage/objects/object-store.js";
import { openObjectStore } from "../storage/objects/open.js";
import { onEachEngine } from "../storage/testing/each-engine.js";
import { embedderId, temporaryFolder } from "../test-helpers.js";
import { exportSales } from "./export.js";
import { listRecords, listSales, RecordsQuery, SalesQuery, streamStates, totals } from "./queries.js";
import { UpwardStore } from "./store.js";

const store = NodeName.parse("north");
const at = 1_750_000_000_000;

function sale(id: string, minor = 100, name = "Milk") {
  const price = { minor, currency: "EUR" };
  const line = {
    id: randomUUID(),
    sku: "milk",
    name,
    unit: "each",
    quantity: 1,
    grams: null,
    unitPrice: price,
  };
  return {
    ...{
      transactionId: id,
      status: "done",
      openedAt: at,
      endedAt: at + minor,
      currency: "EUR",
      total: price,
    },
    lines: [{ ...line, taxRateBp: 700, total: price, source: "picture", voided: false }],
  };
}

onEachEngine((place) => {
  let db: Database;
  let objects: ObjectStore;
  let upward: UpwardStore;
  let folder: ReturnType<typeof temporaryFolder>;
  let lanes = 0;

  beforeAll(async () => {
    db = await place().open();
    folder = temporaryFolder();
    objects = await openObjectStore(folder.dir, undefined);
    const catalog = await CloudCatalog.open(db, embedderId);
    await catalog.putStore(store);
    upward = new UpwardStore({ db, objects, now: () => new Date(at), relayed: true });
  }, 60_000);
  afterAll(async () => {
    await objects.close();
    await db.close();
    folder.clean();
  });

  function lane() {
    const from = { store, terminal: NodeName.parse(`lane-${++lanes}`) };
    const outbox = randomUUID();
    const send = (stream: UpStream, after: number, records: UpBatch["records"], dropped = 0) =>
      upward.take(from, { stream, outbox, after, dropped, records });
    const sales = () => listSales(db, SalesQuery.parse({ terminal: from.terminal }));
    return { from, outbox, send, sales };
  }

  test("a batch is stored once, however often and by however many copies it is taken", async () => {
    const { send, sales, from } = lane();
    const records = [1, 2, 3]
      .map((n) => ({ n, id: randomUUID() }))
      .map((r) => ({ ...r, body: sale(r.id, r.n) }));
    const receipts = await Promise.all([
      send("sale", 0, records),
      send("sale", 0, records),
      send("sale", 0, records),
    ]);
    expect(receipts.map(({ upTo }) => upTo)).toEqual([3, 3, 3]);
    expect((await sales()).map(({ sale }) => sale.total.minor)).toEqual([3, 2, 1]);
    const relayed = await db.query("select 1 from relay_outbox where terminal = $1", [from.terminal]);
    expect(relayed.rows).toHaveLength(3);
  });

  test("a headquarters that has less than the lane believes says how far it is, and stores nothing", async () => {
    const { send, sales } = lane();
    const [first, second] = [randomUUID(), randomUUID()];
    await send("sale", 0, [{ n: 1, id: first, body: sale(first) }]);
    expect(await send("sale", 7, [{ n: 8, id: second, body: sale(second) }])).toMatchObject({
      last: 8,
      upTo: 1,
    });
    expect(await sales()).toHaveLength(1);
  });

  test("a record that does not fit is kept as it is, and those behind it are not held up", async () => {
    const { send, sales, from } = lane();
    const good = randomUUID();
    const bad = { n: 1, id: randomUUID(), body: { nonsense: "\0 \ud800" } };
    expect(await send("sale", 0, [bad, { n: 2, id: good, body: sale(good) }])).toMatchObject({ upTo: 2 });
    expect(await sales()).toHaveLength(1);
    const { rows } = await db.query<{ body: string; why: string }>(
      "select body, why from up_refused where terminal = $1",
      [from.terminal],
    );
    expect(rows[0]?.why).toContain("transactionId");
    expect(rows[0]?.body).toContain("nonsense");
  });

  test("characters that PostgreSQL cannot hold do not stop a sale", async () => {
    const { send, sales } = lane();
    const id = randomUUID();
    await send("sale", 0, [{ n: 1, id, body: sale(id, 5, "a\0b\ud800c") }]);
    expect((await sales())[0]?.sale.lines[0]?.name).toBe("a\ufffdb\ufffdc");
  });

  test("what the lane had no room for shows as missing", async () => {
    const { send, from } = lane();
    const event = { at, type: "helpCalled", severity: "info", text: "", transactionId: null };
    await send("event", 0, [{ n: 4, id: randomUUID(), body: event }], 3);
    const [state] = await streamStates(db, store, from.terminal);
    expect(state).toMatchObject({ stream: "event", n: 4, missing: 3, dropped: 3 });
    const events = await listRecords(
      db,
      "event",
      RecordsQuery.parse({ terminal: from.terminal, type: "helpCalled" }),
    );
    expect(events).toHaveLength(1);
  });

  test("a crop's picture goes to the object store, its record to the database", async () => {
    const { send, from } = lane();
    const jpeg = Buffer.from([0xff, 0xd8, 1, 2, 3]);
    const crop = { at, lineItemId: null, decision: { kind: "unknown", best: [] }, catalogLsn: 1, embedderId };
    const body = { ...crop, box: { x: 0, y: 0, w: 9, h: 9 }, jpeg: jpeg.toString("base64") };
    await send("crop", 0, [{ n: 1, id: randomUUID(), body }]);
    const [record] = await listRecords(db, "crop", RecordsQuery.parse({ terminal: from.terminal }));
    const kept = record?.body as { picture: string } | undefined;
    expect(Buffer.from(await objects.get(kept?.picture ?? ""))).toEqual(jpeg);
    expect(kept).not.toHaveProperty("jpeg");
  });

  test("a name that begins like a formula is harmless in the exported CSV", async () => {
    const { send, from } = lane();
    const id = randomUUID();
    await send("sale", 0, [{ n: 1, id, body: sale(id, 199, "=cmd|' /C calc'!A0") }]);
    let text = "";
    for await (const piece of exportSales(db, "csv", SalesQuery.parse({ terminal: from.terminal })))
      text += piece;
    expect(text).toContain("'=cmd|");
    expect(text).toContain("1.99");
    expect((await totals(db, {}))[0]).toMatchObject({ store: "north", currency: "EUR" });
  });

  test("a terminal's life: birth, beats, a gap, a late death, another birth", async () => {
    const terminals = new Terminals(db);
    const id = { store, terminal: NodeName.parse("life") };
    const birth = (session: number): Birth => ({
      ...{ session, at, beatSeconds: 10, version: "1", startedAt: at, models: {} },
      config: { version: 0, state: "applied", detail: "" },
    });
    const beat = (session: number, sequence: number): Beat => ({
      ...{ session, sequence, at, lsn: 3, health: "ok", troubles: {}, basket: "idle", helpWanted: false },
      ...{ serviceMode: false, backlog: {} },
    });
    const now = (s: number) => new Date(at + s * 1000);
    expect(await terminals.beat(id, beat(1, 1), now(0))).toBe(false);
    await terminals.born(id, birth(1), now(1));
    expect(await terminals.beat(id, beat(1, 1), now(2))).toBe(true);
    expect(await terminals.beat(id, beat(1, 1), now(3))).toBe(true);
    expect(await terminals.beat(id, beat(1, 3), now(4))).toBe(false);
    await terminals.died(id, 99, now(5));
    expect((await terminals.require(id, now(6))).presence).toBe("online");
    await terminals.died(id, 1, now(7));
    expect((await terminals.require(id, now(7))).presence).toBe("offline");
    await terminals.born(id, birth(2), now(8));
    await terminals.died(id, 1, now(9));
    expect(await terminals.require(id, now(10))).toMatchObject({
      presence: "online",
      session: 2,
      beat: { lsn: 3 },
    });
    expect((await terminals.require(id, now(40))).presence).toBe("stale");
  });

  test("a command expires by itself, and only its own terminal's answer counts", async () => {
    const commands = new Commands(db);
    const id = { store, terminal: NodeName.parse("life") };
    const fields = { id: randomUUID(), command: { do: "restart" } as const, actor: "test" };
    await commands.add(id, { ...fields, deadline: new Date(at + 1000) }, new Date(at));
    const answer = { kind: "command", id: fields.id, state: "done", detail: "" } as const;
    expect(await commands.answered({ store, terminal: "other" }, answer, new Date(at))).toBe(false);
    expect((await commands.find(fields.id, new Date(at + 999)))?.state).toBe("waiting");
    expect((await commands.find(fields.id, new Date(at + 1000)))?.state).toBe("expired");
    expect(await commands.answered(id, answer, new Date(at + 2000))).toBe(true);
    expect(await commands.answered(id, { ...answer, state: "failed" }, new Date(at + 2001))).toBe(false);
    expect((await commands.find(fields.id, new Date(at + 3000)))?.state).toBe("done");
  });

  test("a code is redeemed once, though many try at the same moment, and not when it is too old", async () => {
    const credentials = new Credentials(db);
    const wish = { store, terminal: NodeName.parse("coded"), label: "", group: "", actor: "test", hours: 1 };
    const { code } = await credentials.invite(wish, new Date(at));
    const tries = await Promise.allSettled(
      Array.from({ length: 5 }, () => credentials.redeem(code, new Date(at))),
    );
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const old = await credentials.invite(wish, new Date(at));
    await expect(credentials.redeem(old.code, new Date(at + 3_600_001))).rejects.toMatchObject({
      code: "REGISTRATION_REFUSED",
    });
  });
});
