import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** Seconds; fine where a page feels slow. */
const latency = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

/** Every metric of headquarters with its documentation line; one registry a copy, so that tests do not share. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: "tillsight_hq_process_" });
  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Gauge({ name: `tillsight_hq_${name}`, help, labelNames, registers });
  return {
    registry,
    http: new Histogram({
      name: "tillsight_hq_http_request_seconds",
      help: "Time to answer a request, by the route's pattern and the status.",
      labelNames: ["method", "route", "status"] as const,
      buckets: latency,
      registers,
    }),
    databaseUp: gauge(
      "database_up",
      "1 when the database answered this scrape; without it the figures below are old.",
    ),
    databaseConnections: gauge(
      "database_connections",
      "Connections of this copy to a PostgreSQL server, and calls that wait for one.",
      "state",
    ),
    copies: gauge("copies", "Copies of headquarters that live, as this one knows them."),
    partOk: gauge("part_ok", "1 while the part is ok, as /healthz says it.", "part"),
    catalogLsn: gauge("catalog_lsn", "Newest change of the catalog."),
    storeLsn: gauge("store_lsn", "Newest change that concerns the store and is cut for its lanes.", "store"),
    unscanned: gauge("unscanned_changes", "Changes that are not cut for the store's lanes yet.", "store"),
    unpublished: gauge("unpublished_deltas", "Deltas that the broker has not confirmed.", "store"),
    unpublishedAge: gauge(
      "unpublished_oldest_seconds",
      "Age of the oldest of them; 0 when there is none.",
      "store",
    ),
    brokerConnected: gauge("broker_connected", "1 while this copy is connected to the broker."),
    published: gauge("messages_sent", "Messages to lanes since the start of this copy.", "kind"),
    lanesWaiting: gauge("lane_requests_waiting", "Lanes whose request is not answered yet."),
    rejected: gauge("messages_rejected", "Messages of lanes that did not fit, since the start of this copy."),
    refusals: gauge(
      "sync_refused",
      "Messages of catalog sync that lanes refused, summed over each lane's newest telemetry.",
      "store",
      "reason",
    ),
    terminals: gauge(
      "terminals",
      "Terminals by what is known of their life; only online is live.",
      "store",
      "presence",
    ),
    terminalsFailed: gauge("terminals_failed", "Live terminals that cannot sell.", "store"),
    terminalsBehind: gauge(
      "terminals_behind",
      "Live terminals that do not have the store's newest change.",
      "store",
    ),
    lsnLag: gauge(
      "terminal_lsn_lag",
      "How far the live terminal that is furthest behind is, in LSNs.",
      "store",
    ),
    lanesAhead: gauge(
      "terminals_ahead",
      "Live terminals with a change that this database does not know: it was restored and needs a new history.",
      "store",
    ),
    commandsWaiting: gauge("commands_waiting", "Commands to lanes without an answer, before their deadline."),
    rollouts: gauge("rollouts", "Rollouts by state.", "status"),
    enrolJobs: gauge(
      "enrolment_jobs",
      "Photos by the state of their enrolment; dead ones wait for a person.",
      "state",
    ),
    enrolOldest: gauge("enrolment_oldest_seconds", "How long the photo that waits longest has been due."),
    received: gauge(
      "records_received",
      "Records that lanes sent up, since the start of this copy.",
      "store",
      "stream",
    ),
    missing: gauge("records_missing", "Records that a lane numbered and never sent.", "store", "stream"),
    dropped: gauge("records_dropped", "Records that lanes had no room for, as they say.", "store", "stream"),
    refusedRecords: gauge("records_refused", "Records that did not fit their schema and are kept aside."),
    newestSale: gauge("newest_sale_seconds", "Time since the newest sale was received.", "store"),
    relayWaiting: gauge("relay_waiting", "Records that the stream has not taken yet."),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
