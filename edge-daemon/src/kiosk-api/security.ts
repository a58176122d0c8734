import type { IncomingHttpHeaders } from "node:http";
import type { FastifyInstance } from "fastify";
import { ForeignRequestError } from "./errors.js";
import { hostAllowed, originAllowed } from "./origin.js";

/** `blob:` is the tray's picture, which the page fetches and shows as an object URL. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "img-src 'self' blob: data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const headers: Readonly<Record<string, string>> = {
  "content-security-policy": contentSecurityPolicy,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), usb=(), serial=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

export interface AllowedCallers {
  /** Host names by which the lane may be called, besides addresses and `localhost`. */
  hosts: readonly string[];
  /** Web origins that may use the lane besides its own. */
  origins: readonly string[];
}

/** A foreign page shows or reads a part of ours. Following a link to our page is fine. */
const embedded = (headers: IncomingHttpHeaders): boolean =>
  headers["sec-fetch-site"] === "cross-site" && headers["sec-fetch-mode"] !== "navigate";

/**
 * Refuses what another web site could make a browser on this machine send (DNS rebinding, cross-site
 * WebSockets, the tray's picture in a foreign page) and adds the security headers to everything else.
 */
export function guard(app: FastifyInstance, allowed: AllowedCallers): void {
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(headers);
    // A refused upgrade leaves a socket that nobody would read or close again.
    if (request.ws) reply.raw.once("finish", () => request.raw.socket.destroySoon());
    if (!hostAllowed(request.headers.host, allowed.hosts)) {
      reply.code(421);
      throw new ForeignRequestError(
        `this lane is not called ${request.headers.host ?? "(no Host header)"}`,
        "Use the lane's address, or add the name to the allowed hosts of the kiosk API.",
      );
    }
    if (
      embedded(request.headers) ||
      !originAllowed(request.headers.origin, request.headers.host, allowed.origins)
    ) {
      reply.code(403);
      throw new ForeignRequestError(
        `pages of ${request.headers.origin ?? "another site"} may not use this lane`,
        "Open the lane's own page.",
      );
    }
  });
}
