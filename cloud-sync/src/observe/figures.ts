import { presenceAt } from "../fleet/presence.js";
import type { Sql } from "../storage/database.js";
import type { Metrics } from "./metrics.js";

/** Fills gauges from a query whose columns are the labels and `value`. */
async function fill<L extends string>(
  sql: Sql,
  gauge: { reset(): void; set(labels: Record<L, string>, value: number): void },
  text: string,
  labels: readonly L[],
): Promise<void> {
  const { rows } = await sql.query<Record<string, unknown>>(text);
  gauge.reset();
  for (const row of rows) {
    const named = Object.fromEntries(labels.map((label) => [label, String(row[label])])) as Record<L, string>;
    gauge.set(named, Number(row.value));
  }
}

interface TerminalRow {
  readonly store: string;
  readonly born_at: Date | null;
  readonly died_at: Date | null;
  readonly last_seen: Date | null;
  readonly beat_seconds: number;
  readonly lsn: number | null;
  readonly health: string | null;
  readonly store_lsn: number | null;
}

async function fleet(sql: Sql, metrics: Metrics, now: Date): Promise<void> {
  const { rows } = await sql.query<TerminalRow>(
    `select t.store, born_at, died_at, last_seen, beat_seconds, (beat->>'lsn')::bigint as lsn,
       beat->>'health' as health, p.lsn as store_lsn
     from terminal t left join publish_state p on p.store = t.store`,
  );
  const { terminals, terminalsFailed, terminalsBehind, lsnLag, lanesAhead } = metrics;
  for (const gauge of [terminals, terminalsFailed, terminalsBehind, lsnLag, lanesAhead]) gauge.reset();
  const worst = new Map<string, number>();
  for (const row of rows) {
    const { store } = row;
    const presence = presenceAt(
      {
        ...{ bornAt: row.born_at, diedAt: row.died_at, lastSeen: row.last_seen },
        beatSeconds: row.beat_seconds,
      },
      now,
    );
    terminals.inc({ store, presence });
    if (presence !== "online") continue;
    const lag = (row.store_lsn ?? 0) - (row.lsn ?? 0);
    worst.set(store, Math.max(worst.get(store) ?? 0, lag));
    terminalsFailed.inc({ store }, row.health === "failed" ? 1 : 0);
    terminalsBehind.inc({ store }, lag > 0 ? 1 : 0);
    lanesAhead.inc({ store }, lag < 0 ? 1 : 0);
  }
  for (const [store, lag] of worst) lsnLag.set({ store }, lag);
}

async function publishing(sql: Sql, m: Metrics): Promise<void> {
  const { rows } = await sql.query<{ lsn: number }>("select lsn from catalog_state");
  m.catalogLsn.set(rows[0]?.lsn ?? 0);
  await fill(sql, m.storeLsn, "select store, lsn as value from publish_state", ["store"]);
  await fill(
    sql,
    m.unscanned,
    "select store, greatest(0, (select lsn from catalog_state) - scanned_lsn) as value from publish_state",
    ["store"],
  );
  const waiting = (value: string) =>
    `select p.store, ${value} as value from publish_state p
     left join delta d on d.store = p.store and d.published_at is null group by p.store`;
  await fill(sql, m.unpublished, waiting("count(d.to_lsn)"), ["store"]);
  await fill(
    sql,
    m.unpublishedAge,
    waiting("coalesce(extract(epoch from now() - min(d.cut_at)), 0)::float8"),
    ["store"],
  );
  // What a lane said an hour ago may be of a life that is over.
  await fill(
    sql,
    m.refusals,
    `select store, split_part(key, '.', 2) as reason, sum(value::float8) as value from (
       select distinct on (store, terminal) store, body from telemetry
       where received_at > now() - interval '1 hour' order by store, terminal, at desc, id desc) as newest,
       jsonb_each_text(body->'values') as figure (key, value)
     where key like 'tillsight\\_sync\\_refused.%' group by 1, 2`,
    ["store", "reason"],
  );
}

async function work(sql: Sql, m: Metrics): Promise<void> {
  await fill(sql, m.enrolJobs, "select state, count(*) as value from enrol_job group by state", ["state"]);
  const oldest = await sql.query<{ seconds: number | null }>(
    `select extract(epoch from now() - min(due_at))::float8 as seconds from enrol_job
     where state = 'queued' and due_at <= now()`,
  );
  m.enrolOldest.set(oldest.rows[0]?.seconds ?? 0);
  await fill(
    sql,
    m.rollouts,
    "select state->>'status' as status, count(*) as value from rollout group by 1",
    ["status"],
  );
  const counted = await sql.query<{ commands: number; refused: number; relay: number }>(
    `select (select count(*) from fleet_command where state is null and deadline > now())::int as commands,
       (select count(*) from up_refused)::int as refused, (select count(*) from relay_outbox)::int as relay`,
  );
  m.commandsWaiting.set(counted.rows[0]?.commands ?? 0);
  m.refusedRecords.set(counted.rows[0]?.refused ?? 0);
  m.relayWaiting.set(counted.rows[0]?.relay ?? 0);
}

async function upward(sql: Sql, m: Metrics): Promise<void> {
  const cursors = (column: string) =>
    `select store, stream, sum(${column}) as value from up_cursor group by store, stream`;
  await fill(sql, m.missing, cursors("missing"), ["store", "stream"]);
  await fill(sql, m.dropped, cursors("dropped"), ["store", "stream"]);
  await fill(
    sql,
    m.newestSale,
    `select store, extract(epoch from now() - max(updated_at))::float8 as value from up_cursor
     where stream = 'sale' group by store`,
    ["store"],
  );
}

/** Brings every figure that is read from the database up to date. @throws what the database throws */
export async function readFigures(sql: Sql, metrics: Metrics, now: Date): Promise<void> {
  await publishing(sql, metrics);
  await fleet(sql, metrics, now);
  await work(sql, metrics);
  await upward(sql, metrics);
}
