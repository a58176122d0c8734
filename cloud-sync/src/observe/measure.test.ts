import { randomUUID } from "node:crypto";
import type { HealthReport } from "@tillsight/contracts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DatabaseUnavailableError } from "../errors.js";
import type { Database } from "../storage/database.js";
import { onEachEngine } from "../storage/testing/each-engine.js";
import { measure } from "./measure.js";
import { createMetrics } from "./metrics.js";

const ok: HealthReport = {
  ...{ state: "ok", version: "0", uptimeSeconds: 1 },
  parts: { fleet: { state: "ok", detail: "" }, publisher: { state: "degraded", detail: "no broker" } },
};
const now = new Date("2026-01-02T12:00:00Z");
const at = (secondsAgo: number) => new Date(now.getTime() - secondsAgo * 1000).toISOString();
const parts = (db: Database) => ({
  ...{ metrics: createMetrics(), db, copies: { count: 2 }, fleet: { rejected: 3 }, now: () => now },
  publisher: {
    ...{ connected: true, waiting: 4, rejected: 1 },
    sent: { delta: 5, head: 6, keys: 0, range: 7, manifest: 0, chunks: 8, model: 0, modelChunks: 0 },
  },
  upward: { received: () => [{ store: "north", stream: "sale" as const, count: 9 }] },
  health: async () => ok,
});

async function fill(db: Database): Promise<void> {
  await db.script("insert into store (name, label) values ('north', 'N')");
  await db.script("update catalog_state set lsn = 120");
  await db.script(
    `insert into publish_state (store, embedder_id, epoch, scanned_lsn, lsn, state_hash, row_count)
     values ('north', 'e', 1, 110, 100, '', 7)`,
  );
  await db.script(
    "insert into delta (store, from_lsn, to_lsn, post_hash, bytes, cut_at) values ('north', 90, 100, '', '', now() - interval '40 s')",
  );
  const lanes: [name: string, seenAgo: number, died: boolean, lsn: number, health: string][] = [
    ["level", 1, false, 100, "ok"],
    ["behind", 1, false, 60, "failed"],
    ["ahead", 1, false, 130, "ok"],
    ["silent", 500, false, 10, "ok"],
    ["ended", 5, true, 10, "ok"],
  ];
  for (const [name, ago, died, lsn, health] of lanes)
    await db.query(
      `insert into terminal (store, name, created_at, born_at, last_seen, died_at, beat_seconds, beat)
       values ('north', $1, $2, $2, $2, $3, 10, $4::jsonb)`,
      [name, at(ago), died ? at(1) : null, JSON.stringify({ lsn, health })],
    );
  await db.query(
    `insert into telemetry (id, store, terminal, at, body, received_at) values ($1, 'north', 'level', $2, $3::jsonb, now())`,
    [randomUUID(), at(5), JSON.stringify({ values: { "tillsight_sync_refused.gap": 2, other: 5 } })],
  );
  await db.query(
    `insert into up_cursor values ('north', 'level', 'sale', $1, 50, 2, 1, now() - interval '90 s')`,
    [randomUUID()],
  );
  const batch = randomUUID();
  await db.query("insert into enrol_batch (id, label, actor) values ($1, 'b', 'a')", [batch]);
  await db.query(
    `insert into enrol_job (id, batch, sku, source, photo, state, due_at)
     values ($1, $2, 'S', 's', 'p', 'queued', now() - interval '300 s'), ($3, $2, 'S', 's', 'p', 'dead', now())`,
    [randomUUID(), batch, randomUUID()],
  );
}

onEachEngine((place) => {
  let db: Database;
  beforeAll(async () => {
    db = await place().open();
    await fill(db);
  }, 240_000);
  afterAll(() => db.close());

  test("Prometheus gets what the database says at the moment it asks", async () => {
    const text = await measure(parts(db));
    const lines = text.split("\n");
    for (const line of [
      "tillsight_hq_database_up 1",
      "tillsight_hq_copies 2",
      "tillsight_hq_catalog_lsn 120",
      'tillsight_hq_store_lsn{store="north"} 100',
      'tillsight_hq_unscanned_changes{store="north"} 10',
      'tillsight_hq_unpublished_deltas{store="north"} 1',
      'tillsight_hq_terminals{store="north",presence="online"} 3',
      'tillsight_hq_terminals{store="north",presence="stale"} 1',
      'tillsight_hq_terminals{store="north",presence="offline"} 1',
      'tillsight_hq_terminals_failed{store="north"} 1',
      'tillsight_hq_terminals_behind{store="north"} 1',
      'tillsight_hq_terminal_lsn_lag{store="north"} 40',
      'tillsight_hq_terminals_ahead{store="north"} 1',
      'tillsight_hq_sync_refused{store="north",reason="gap"} 2',
      'tillsight_hq_enrolment_jobs{state="dead"} 1',
      'tillsight_hq_records_missing{store="north",stream="sale"} 2',
      'tillsight_hq_records_received{store="north",stream="sale"} 9',
      'tillsight_hq_messages_sent{kind="chunks"} 8',
      "tillsight_hq_messages_rejected 4",
      'tillsight_hq_part_ok{part="fleet"} 1',
      'tillsight_hq_part_ok{part="publisher"} 0',
    ])
      expect(lines).toContain(line);
    expect(
      Number(/^tillsight_hq_unpublished_oldest_seconds\{store="north"\} (\S+)/m.exec(text)?.[1]),
    ).toBeGreaterThan(39);
    expect(Number(/^tillsight_hq_enrolment_oldest_seconds (\S+)/m.exec(text)?.[1])).toBeGreaterThan(299);
    expect(
      Number(/^tillsight_hq_newest_sale_seconds\{store="north"\} (\S+)/m.exec(text)?.[1]),
    ).toBeGreaterThan(89);
    expect(text.includes("tillsight_hq_database_connections{")).toBe(db.engine === "postgres");
  });

  test("a database that does not answer is a figure, not a failed scrape", async () => {
    const gone = {
      ...db,
      query: () => Promise.reject(new DatabaseUnavailableError()),
    } as unknown as Database;
    const text = await measure(parts(gone));
    expect(text).toContain("tillsight_hq_database_up 0\n");
    expect(text).toContain("tillsight_hq_broker_connected 1\n");
  });
});
