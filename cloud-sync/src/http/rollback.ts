import { Lsn } from "@tillsight/contracts";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { previewRollback, readRollbacks, rollBackCatalog } from "../catalog/rollback/rollback.js";
import { actorOf } from "./authenticate.js";
import type { ServerParts } from "./server.js";

const toLsn = { description: "The catalog becomes what it was at this LSN" };
const throughLsn = {
  description: "Products that were changed after this LSN stay as they are; left out: the newest",
};
const Preview = z.strictObject({
  toLsn: z.coerce.number().pipe(Lsn).meta(toLsn),
  throughLsn: z.coerce.number().pipe(Lsn).optional().meta(throughLsn),
});
const Body = z.strictObject({
  toLsn: Lsn.meta(toLsn),
  throughLsn: Lsn.optional().meta(throughLsn),
  reason: z.string().trim().min(3).max(300).meta({ description: "For the audit: why" }),
});
const List = z.strictObject({
  after: z.uuid().optional().meta({ description: "The `next` of the page before" }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const rollbackSchemas = { Preview, Body, List };

/** `/api/rollback`: the catalog as it was. */
export function rollbackRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { db, rollback, enrolment, log } = parts;

  app.get("/api/rollback", (request) => previewRollback(rollback, Preview.parse(request.query)));

  app.post("/api/rollback", async (request, reply) => {
    const { reason, ...wish } = Body.parse(request.body);
    const done = await rollBackCatalog(rollback, wish, { actor: actorOf(request), reason });
    // As after a start with another embedder; what is cut off goes on at the next start.
    if (done.report.madeAgain > 0)
      enrolment
        .embedAgain()
        .catch((error: unknown) => log.warn("references were not made again", { error: String(error) }));
    return reply.code(201).send(done);
  });

  app.get("/api/rollbacks", async (request) => {
    const { after, limit } = List.parse(request.query);
    const rollbacks = await readRollbacks(db, { before: after, limit });
    return { rollbacks, next: rollbacks.length === limit ? (rollbacks.at(-1)?.id ?? null) : null };
  });
}
