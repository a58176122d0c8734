// fastify's own around helmet, which keeps the list of headers that browsers know.
import helmet from "@fastify/helmet";
import type { FastifyInstance } from "fastify";

/** Nothing but what headquarters itself serves; Vite writes neither scripts nor styles into the page. */
const directives = {
  ...{ defaultSrc: ["'none'"], scriptSrc: ["'self'"], styleSrc: ["'self'"], fontSrc: ["'self'"] },
  // Pictures that are not uploaded yet are shown from memory.
  ...{ imgSrc: ["'self'", "data:", "blob:"], connectSrc: ["'self'"], manifestSrc: ["'self'"] },
  ...{ formAction: ["'self'"], frameAncestors: ["'none'"], baseUri: ["'none'"] },
};

/** What tells a browser to be careful. HSTS only where there is TLS: on plain HTTP in a store it would lock people out. */
export async function securityHeaders(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives },
    ...{ strictTransportSecurity: false, referrerPolicy: { policy: "no-referrer" } },
    xFrameOptions: { action: "deny" },
  });
  app.addHook("onRequest", async (request, reply) => {
    if (request.protocol === "https") reply.header("strict-transport-security", "max-age=15552000");
    // What an account may see is not for caches that others share.
    if (request.url.startsWith("/api/")) reply.header("cache-control", "private, no-cache");
  });
}
