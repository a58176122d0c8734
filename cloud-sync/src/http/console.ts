import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
// fastify's own: ranges, ETags and types of files, and no way out of the folder.
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/** Where `npm run build` puts the console. */
const builtConsole = fileURLToPath(new URL("../../console/dist", import.meta.url));

const notBuilt = "The console is not built: run `npm run build`, then start headquarters again.\n";

const isApi = (path: string): boolean => path === "/api" || path.startsWith("/api/");

/** Files lie beside the page or in its assets; elsewhere a dot is part of a SKU. */
const isFile = (path: string): boolean => /^\/(assets\/.*|[^/]*\.\w+)$/.test(path);

/** A path of the console's own, such as `/products/mug`: not of the API, not of a file. */
const isPage = (request: FastifyRequest): boolean => {
  const path = request.url.split("?")[0] ?? "";
  return /^(GET|HEAD)$/.test(request.method) && !isApi(path) && !isFile(path);
};

/**
 * The console's files at `/`, and its page at every other path that is not the API's.
 *
 * @returns answers a request that nothing else answers; false when it is none of the console's
 */
export async function consoleRoutes(
  app: FastifyInstance,
  dir = builtConsole,
): Promise<(request: FastifyRequest, reply: FastifyReply) => boolean> {
  const isBuilt = existsSync(join(dir, "index.html"));
  if (isBuilt) await app.register(fastifyStatic, { root: dir, serve: false });

  const page = (reply: FastifyReply) =>
    isBuilt
      ? reply.header("cache-control", "no-cache").sendFile("index.html", { cacheControl: false })
      : reply.code(404).type("text/plain; charset=utf-8").send(notBuilt);

  app.get("/*", (request, reply) => {
    const path = request.url.split("?")[0] ?? "";
    if (isApi(path)) return reply.callNotFound();
    if (!isBuilt || isPage(request)) return page(reply);
    // Vite names what lies in assets by its content.
    const immutable = path.startsWith("/assets/");
    return reply.sendFile(decodeURIComponent(path.slice(1)), {
      ...{ immutable, maxAge: immutable ? "1y" : 0 },
    });
  });
  return (request, reply) => {
    if (!isPage(request)) return false;
    page(reply);
    return true;
  };
}
