import { Readable } from "node:stream";
import { Currency, InvalidInputError, NodeName } from "@tillsight/contracts";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { exportText } from "../catalog/transfer/exporter.js";
import { kindNames } from "../catalog/transfer/kinds.js";
import { encodings } from "../catalog/transfer/lines.js";
import type { ImportReport } from "../catalog/transfer/report.js";
import { actorOf } from "./authenticate.js";
import { idOf } from "./idempotency.js";
import { NewestQuery, nextOf } from "./paging.js";
import { requireThat } from "./problem.js";
import type { ServerParts } from "./server.js";

const Kind = z.enum(kindNames).default("products");
const Format = z.enum(["csv", "jsonl"]);
const Flag = z.enum(["true", "false"]).default("false");

const ImportQuery = z.strictObject({
  id: z.uuid().optional(),
  kind: Kind,
  format: Format.optional(),
  file: z.string().max(200).default("upload"),
  encoding: z.enum(encodings).default("utf-8"),
  currency: Currency.optional(),
  replace: Flag,
  dryRun: Flag,
  ignoreUnknown: Flag,
});
const ExportQuery = z.strictObject({
  kind: Kind,
  format: Format.default("csv"),
  store: NodeName.optional(),
  bom: Flag,
});
const Id = z.object({ id: z.uuid() });
const Page = z.object({
  offset: z.coerce.number().int().min(0).default(0),
  after: z.coerce.number().int().min(0).optional().meta({ description: "The `next` of the page before" }),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

export const transferSchemas = { ImportQuery, ExportQuery, Id, Page };

/** Bodies that are read as a stream, and what they are. */
const formats: Readonly<Record<string, z.infer<typeof Format>>> = {
  ...{ "text/csv": "csv", "text/plain": "csv", "text/tab-separated-values": "csv" },
  ...{ "application/x-ndjson": "jsonl", "application/jsonl": "jsonl", "application/x-jsonlines": "jsonl" },
};

/** Of one upload: 50,000 products take about 10 MiB. */
const maxBytes = 1024 ** 3;

/** `/api/imports` and `/api/export`. */
export function transferRoutes(app: FastifyInstance, { imports, db }: ServerParts): void {
  // The body itself is handed on: it may be larger than memory.
  for (const type of Object.keys(formats))
    app.addContentTypeParser(type, (_, payload, done) => done(null, payload));

  app.post("/api/imports", async (request, reply) => {
    const query = ImportQuery.parse(request.query);
    const stop = new AbortController();
    request.raw.once("close", () => {
      if (!request.raw.complete) stop.abort();
    });
    const report = await imports.run(bodyOf(request), {
      ...{
        ...query,
        id: query.id ?? idOf(request),
        format: query.format ?? formatOf(request),
        actor: actorOf(request),
      },
      ...{ replace: query.replace === "true", dryRun: query.dryRun === "true" },
      ...{ ignoreUnknown: query.ignoreUnknown === "true", signal: stop.signal },
    });
    reply.header("location", `/api/imports/${report.id}`);
    if (report.state === "done" || report.state === "checked") return report;
    return reply.code(422).type("application/problem+json").send(problemOf(report));
  });

  app.get("/api/imports", async (request) => {
    const query = NewestQuery.parse(request.query);
    const reports = await imports.list(query);
    return { imports: reports, next: nextOf(reports, query.limit) };
  });

  app.get("/api/imports/:id", (request) => imports.require(Id.parse(request.params).id));

  app.get("/api/imports/:id/errors", async (request) => {
    const { id } = Id.parse(request.params);
    const { offset, limit, after = offset } = Page.parse(request.query);
    await imports.require(id);
    const errors = await imports.errors(id, after, limit);
    return { errors, next: errors.length === limit ? after + limit : null };
  });

  app.get("/api/export", async (request, reply) => {
    const { bom, ...query } = ExportQuery.parse(request.query);
    const name = `${query.store ?? "chain"}-${query.kind}.${query.format}`;
    reply
      .type(query.format === "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson")
      .header("content-disposition", `attachment; filename="${name}"`);
    return reply.send(Readable.from(exportText(db, { ...query, bom: bom === "true" })));
  });
}

function formatOf(request: FastifyRequest): z.infer<typeof Format> {
  const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  return formats[type] ?? "csv";
}

/** @throws InvalidInputError when there is none or it does not end. */
function bodyOf(request: FastifyRequest): AsyncIterable<Uint8Array> {
  const { body } = request;
  requireThat(
    body instanceof Readable,
    "the body is no file",
    "Send the file as it is, with Content-Type text/csv or application/x-ndjson.",
  );
  return bounded(body as Readable);
}

async function* bounded(body: Readable): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > maxBytes)
      throw new InvalidInputError(
        `the file is larger than ${maxBytes / 1024 ** 2} MiB`,
        "Cut it into several files.",
      );
    yield chunk;
  }
}

const problemOf = (report: ImportReport) => ({
  ...{ type: report.state === "refused" ? "IMPORT_REFUSED" : "IMPORT_FAILED", status: 422 },
  title:
    report.state === "refused"
      ? `${report.errorCount} errors in the file; nothing was imported`
      : `nothing was imported: ${report.failure}`,
  fix:
    report.state === "refused"
      ? "Correct the lines that are named and import the file again."
      : "Import it again.",
  report,
});
