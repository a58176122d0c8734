import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

const notBuilt = (dir: string): string => `<!doctype html><meta charset="utf-8"><title>Tillsight</title>
<h1>The kiosk page is not built</h1>
<p>The lane itself is running. There is no index.html in <code>${dir}</code>.</p>
<p>Fix: run <code>npm run build</code> in the repository, then reload this page.</p>`;

/** Serves the built page; without one, a page that says how to build it. */
export async function pageRoutes(app: FastifyInstance, dir: string): Promise<void> {
  if (!existsSync(join(dir, "index.html"))) {
    app.get("/", async (_request, reply) => reply.code(503).type("text/html").send(notBuilt(dir)));
    return;
  }
  await app.register(fastifyStatic, {
    root: dir,
    cacheControl: false,
    setHeaders: (reply, path) => {
      // Names under assets/ carry a hash of their content; index.html must always be the newest.
      const forever = path.includes("/assets/");
      reply.setHeader("cache-control", forever ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
}
