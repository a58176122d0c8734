import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { ownsAll } from "../copies/copies.js";
import { silentLogger } from "../log.js";
import type { Database } from "../storage/database.js";
import { onEachEngine } from "../storage/testing/each-engine.js";
import { type KeepDays, Retention, type RetentionOptions } from "./retention.js";

const now = new Date("2026-06-01T00:00:00Z");
const keep: KeepDays = { telemetry: 30, events: 100, review: 50 };
const tables = ["telemetry", "lane_event", "sale", "review_crop", "up_refused"] as const;
type Table = (typeof tables)[number];

onEachEngine((place) => {
  let db: Database;
  beforeAll(async () => {
    db = await place().open();
  }, 60_000);
  afterAll(() => db.close());
  beforeEach(async () => {
    gone = [];
    await db.script(tables.map((table) => `delete from ${table};`).join("\n"));
  });

  /** One row that came `days` ago; its lane's clock says 1970. */
  async function put(table: Table, days: number, what = "x"): Promise<void> {
    const more: Record<Table, [columns: string, values: string]> = {
      telemetry: ["at", "'epoch'"],
      lane_event: ["at, type, severity", "'epoch', 'x', 'info'"],
      sale: ["status, opened_at, ended_at, currency, total_minor", "'done', 'epoch', 'epoch', 'EUR', 1"],
      review_crop: ["at, picture", `'epoch', 'crop/${what}'`],
      up_refused: ["stream, why", `'${what}', 'x'`],
    };
    const [columns, values] = more[table];
    await db.query(
      `insert into ${table} (id, store, terminal, body, received_at, ${columns})
       values ($1, 'north', 'lane-1', '{}', $2, ${values})`,
      [randomUUID(), new Date(now.getTime() - days * 24 * 3_600_000).toISOString()],
    );
  }
  const count = async (table: Table): Promise<number> =>
    (await db.query<{ n: number }>(`select count(*)::int as n from ${table}`)).rows[0]?.n ?? -1;
  let gone: string[] = [];
  const objects = { delete: async (id: string) => void gone.push(id) };
  const retention = (more: Partial<RetentionOptions> = {}) =>
    new Retention({ db, objects, keep, now: () => now, log: silentLogger, pauseMs: 0, ...more });

  test("what arrived too long ago goes, each kind at its own age, and what is younger stays", async () => {
    for (const days of [0, 29, 31, 99, 101]) {
      await put("telemetry", days);
      await put("lane_event", days);
    }
    await retention().sweep();
    expect([await count("telemetry"), await count("lane_event")]).toEqual([2, 4]);
  });

  test("sales stay however old, also one that was refused", async () => {
    await put("sale", 5_000);
    await put("up_refused", 5_000, "sale");
    await retention().sweep();
    expect([await count("sale"), await count("up_refused")]).toEqual([1, 1]);
  });

  test("other refused records and review pictures go at their age", async () => {
    for (const days of [49, 51]) {
      await put("up_refused", days, "telemetry");
      await put("review_crop", days, `of-${days}`);
    }
    await retention().sweep();
    expect([await count("up_refused"), await count("review_crop")]).toEqual([1, 1]);
    expect(gone).toEqual(["crop/of-51"]);
  });

  test("a picture that two records show goes with the last of them", async () => {
    await put("review_crop", 60);
    await put("review_crop", 40);
    await retention().sweep();
    expect([await count("review_crop"), gone]).toEqual([1, []]);
    await retention({ batch: 1, keep: { ...keep, review: 30 } }).sweep();
    expect([await count("review_crop"), gone]).toEqual([0, ["crop/x"]]);
  });

  test("a picture that cannot be removed keeps its record, and both go the next time", async () => {
    await put("review_crop", 60);
    await put("review_crop", 61, "broken");
    const refuse = { delete: () => Promise.reject(new Error("bucket away")) };
    await retention({ objects: refuse }).sweep();
    expect(await count("review_crop")).toBe(2);
    await retention().sweep();
    expect([await count("review_crop"), gone.sort()]).toEqual([0, ["crop/broken", "crop/x"]]);
  });

  test("zero days keeps for ever", async () => {
    for (const table of ["telemetry", "lane_event", "review_crop"] as const) await put(table, 5_000);
    await put("up_refused", 5_000, "event");
    await retention({ keep: { telemetry: 0, events: 100, review: 0 } }).sweep();
    expect(await Promise.all(tables.map(count))).toEqual([1, 0, 0, 1, 1]);
  });

  test("many are removed in small steps, all of them", async () => {
    for (let i = 0; i < 7; i++) await put("telemetry", 40);
    const steps: number[] = [];
    const watched: Database = Object.create(db, {
      query: {
        value: async (...args: Parameters<Database["query"]>) => {
          const result = await db.query(...args);
          steps.push(result.affected);
          return result;
        },
      },
    });
    await retention({ db: watched, batch: 3, keep: { telemetry: 30, events: 0, review: 0 } }).sweep();
    expect(steps).toEqual([3, 3, 1]);
  });

  test("two copies at once remove each once, and a copy whose turn it is not removes none", async () => {
    for (let i = 0; i < 6; i++) await put("telemetry", 40);
    await retention({ share: { ...ownsAll, owns: (what) => what !== "retention" } }).sweep();
    expect(await count("telemetry")).toBe(6);
    await Promise.all([retention({ batch: 2 }).sweep(), retention({ batch: 2 }).sweep()]);
    expect(await count("telemetry")).toBe(0);
  });

  test("stopping ends it between two steps, and it goes on the next time", async () => {
    for (let i = 0; i < 4; i++) await put("telemetry", 40);
    const first = retention({ batch: 2, pauseMs: 600_000 });
    const sweep = first.sweep();
    while ((await count("telemetry")) !== 2) await new Promise((resolve) => setTimeout(resolve, 10));
    await Promise.all([first.stop(), sweep]);
    expect(await count("telemetry")).toBe(2);
    await retention().sweep();
    expect(await count("telemetry")).toBe(0);
  });

  test("a database that is away is logged, not thrown", async () => {
    const said: string[] = [];
    const away: Database = Object.create(db, { query: { value: () => Promise.reject(new Error("away")) } });
    const log = { ...silentLogger, warn: (text: string) => void said.push(text) };
    await retention({ db: away, log }).sweep();
    expect(said).toHaveLength(1);
  });
});
