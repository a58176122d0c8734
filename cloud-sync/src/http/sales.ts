import { Readable } from "node:stream";
import { NodeName } from "@tillsight/contracts";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { NotFoundError } from "../errors.js";
import { exportSales, salesFormats } from "../upward/export.js";
import {
  listRecords,
  listSales,
  nextOf,
  RecordsQuery,
  SalesQuery,
  streamStates,
  totals,
} from "../upward/queries.js";
import type { ServerParts } from "./server.js";

const ExportQuery = SalesQuery.omit({ after: true, limit: true }).extend({
  format: z.enum(salesFormats).default("csv"),
});
const TotalsQuery = SalesQuery.pick({ from: true, until: true, store: true });
const Id = z.object({ id: z.uuid() });
const LaneParams = z.object({ store: NodeName, terminal: NodeName });

const types = {
  csv: "text/csv; charset=utf-8",
  json: "application/json",
  jsonl: "application/x-ndjson",
} as const;
const streams = { events: "event", telemetry: "telemetry", crops: "crop" } as const;

export const salesSchemas = { ExportQuery, TotalsQuery, Id, LaneParams };

/** What lanes sent up: `/api/sales`, `/api/events`, `/api/telemetry`, `/api/crops`. */
export function salesRoutes(app: FastifyInstance, { db, objects }: ServerParts): void {
  app.get("/api/sales", async (request) => {
    const query = SalesQuery.parse(request.query);
    const sales = await listSales(db, query);
    return { sales, next: nextOf(sales, query.limit) };
  });

  app.get("/api/sales/totals", async (request) => ({
    totals: await totals(db, TotalsQuery.parse(request.query)),
  }));

  app.get("/api/sales/export", async (request, reply) => {
    const { format, ...query } = ExportQuery.parse(request.query);
    reply
      .type(types[format])
      .header("content-disposition", `attachment; filename="${query.store ?? "chain"}-sales.${format}"`);
    return reply.send(Readable.from(exportSales(db, format, { ...query, limit: 1 })));
  });

  for (const [path, stream] of Object.entries(streams))
    app.get(`/api/${path}`, async (request) => {
      const query = RecordsQuery.parse(request.query);
      const records = await listRecords(db, stream, query);
      return { [path]: records, next: nextOf(records, query.limit) };
    });

  app.get("/api/crops/:id/picture", async (request, reply) => {
    const { id } = Id.parse(request.params);
    const { rows } = await db.query<{ picture: string }>("select picture from review_crop where id = $1", [
      id,
    ]);
    const picture = rows[0]?.picture;
    if (picture === undefined)
      throw new NotFoundError(`there is no crop ${id}`, "GET /api/crops lists them.");
    // It is named by its hash: what is behind this id never changes.
    reply.type("image/jpeg").header("cache-control", "private, max-age=31536000, immutable");
    return reply.send(Buffer.from(await objects.get(picture)));
  });

  app.get("/api/fleet/terminals/:store/:terminal/streams", async (request) => {
    const { store, terminal } = LaneParams.parse(request.params);
    return { streams: await streamStates(db, store, terminal) };
  });
}
