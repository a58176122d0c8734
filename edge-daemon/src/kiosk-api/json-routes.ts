import type { HealthReport } from "@tillsight/contracts";
import { InvalidInputError } from "@tillsight/contracts";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { LaneControl } from "../ports/lane.js";

/** Answers JSON to `GET` of a path below `/api/demo/`. */
export type DemoRoutes = Readonly<Record<`/api/demo/${string}`, () => unknown>>;

const ProductQuery = z.object({
  search: z.string().max(100).default(""),
  limit: z.coerce.number().int().min(1).max(100).default(24),
});

/** Every part may sell: none has failed and none is still starting. */
export const ready = (report: HealthReport): boolean =>
  Object.values(report.parts).every((part) => part.state === "ok" || part.state === "degraded");

export function jsonRoutes(app: FastifyInstance, lane: LaneControl, demo: DemoRoutes): void {
  app.addHook("onSend", async (_request, reply) => {
    if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
  });
  app.get("/healthz", async () => lane.health());
  app.get("/readyz", async (_request, reply) => {
    const report = lane.health();
    return reply.code(ready(report) ? 200 : 503).send(report);
  });
  app.get("/metrics", async (_request, reply) =>
    reply.type("text/plain; version=0.0.4; charset=utf-8").send(await lane.metrics()),
  );
  app.get("/api/lane", async () => lane.view());
  app.get("/api/products", async (request) => {
    const query = ProductQuery.safeParse(request.query);
    if (!query.success)
      throw new InvalidInputError(
        `the query does not fit: ${query.error.issues[0]?.path.join(".")}: ${query.error.issues[0]?.message}`,
        "Use ?search=TEXT&limit=1..100.",
      );
    return lane.searchProducts(query.data.search, query.data.limit);
  });
  for (const [path, answer] of Object.entries(demo)) app.get(path, async () => answer());
  // A lane without a demo says so without an error, which every page would otherwise find in its console.
  app.get("/api/demo/*", async (_request, reply) => reply.code(204).send());
}
