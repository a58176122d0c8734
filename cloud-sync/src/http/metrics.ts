import type { FastifyInstance } from "fastify";
import type { Metrics } from "../observe/metrics.js";

/** `GET /metrics` for Prometheus, and the clock on every request. */
export function metricsRoutes(
  app: FastifyInstance,
  parts: { readonly metrics: Metrics; readonly measure: () => Promise<string> },
): void {
  app.addHook("onResponse", async (request, reply) => {
    const labels = {
      ...{ method: request.method, status: String(reply.statusCode) },
      // The pattern, not the address: there are as many addresses as products. Nothing unknown becomes a label.
      route: request.routeOptions.url ?? "none",
    };
    parts.metrics.http.observe(labels, reply.elapsedTime / 1000);
  });
  app.get("/metrics", async (_, reply) =>
    reply.type(parts.metrics.registry.contentType).send(await parts.measure()),
  );
}
