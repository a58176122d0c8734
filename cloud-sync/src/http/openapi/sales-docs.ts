import { HealthReport, Sale, UpStream } from "@tillsight/contracts";
import { z } from "zod";
import { RecordsQuery, SalesQuery } from "../../upward/queries.js";
import { salesSchemas } from "../sales.js";
import { At, pageOf, type RouteDocs } from "./route-doc.js";

const from = { id: z.uuid(), store: z.string(), terminal: z.string(), at: At, receivedAt: At };
const Record = z.strictObject({ ...from, body: z.unknown() });
const Total = z.strictObject({
  ...{ store: z.string(), currency: z.string(), sales: z.int(), totalMinor: z.int() },
});
const Stream = z.strictObject({
  ...{ store: z.string(), terminal: z.string(), stream: UpStream, n: z.int(), missing: z.int() },
  ...{ dropped: z.int(), updatedAt: At },
});

export const salesDocs: RouteDocs = {
  "GET /api/sales": {
    summary: "Sales, newest first",
    ...{ query: SalesQuery, answer: pageOf("sales", z.strictObject({ ...from, sale: Sale })) },
  },
  "GET /api/sales/totals": {
    summary: "Finished sales and their sum by store and currency",
    ...{ query: salesSchemas.TotalsQuery, answer: z.strictObject({ totals: z.array(Total) }) },
  },
  "GET /api/sales/export": {
    summary: "Sales as a file",
    ...{ query: salesSchemas.ExportQuery, answer: ["text/csv", "application/json", "application/x-ndjson"] },
  },
  "GET /api/events": {
    summary: "What happened at lanes, newest first",
    ...{ query: RecordsQuery, answer: pageOf("events", Record) },
  },
  "GET /api/telemetry": {
    summary: "Lanes' figures, newest first",
    ...{ query: RecordsQuery, answer: pageOf("telemetry", Record) },
  },
  "GET /api/crops": {
    summary: "Items that lanes would not name by themselves, newest first",
    ...{ query: RecordsQuery, answer: pageOf("crops", Record) },
  },
  "GET /api/crops/:id/picture": {
    summary: "The item's picture",
    ...{ params: salesSchemas.Id, answer: ["image/jpeg"] },
  },
  "GET /api/fleet/terminals/:store/:terminal/streams": {
    summary: "How far a lane's records have come",
    ...{ params: salesSchemas.LaneParams, answer: z.strictObject({ streams: z.array(Stream) }) },
  },
  "GET /healthz": { summary: "How headquarters fares; 503 when it has failed", answer: HealthReport },
  "GET /metrics": { summary: "Figures for Prometheus", answer: ["text/plain"] },
};
