import { createHash } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { openApi } from "./document.js";
import { docsPage, pageStyle } from "./page.js";

/** `/api/openapi.json`, and `/api/docs` for people. */
export function openApiRoutes(app: FastifyInstance, version: string): void {
  const document = openApi(version);
  const page = docsPage(document);
  const style = createHash("sha256").update(pageStyle).digest("base64");
  app.get("/api/openapi.json", async () => document);
  app.get("/api/docs", (_, reply) =>
    reply
      .type("text/html; charset=utf-8")
      .header(
        "content-security-policy",
        `default-src 'none'; style-src 'sha256-${style}'; frame-ancestors 'none'`,
      )
      .send(page),
  );
}
