import { InvariantError } from "@tillsight/contracts";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Access } from "../access/access.js";
import { CsrfError, ForbiddenError, UnauthorizedError } from "../access/errors.js";
import { mayAct, type Principal } from "../access/roles.js";
import { same } from "../access/secret.js";
import type { Session } from "../access/sessions.js";
import { ForeignOriginError } from "../errors.js";
import type { RateLimit } from "./rate-limit.js";
import { accessOf } from "./route-access.js";

export const sessionCookie = "tillsight_session";

declare module "fastify" {
  interface FastifyRequest {
    principal: Principal | null;
    session: Session | null;
  }
}

const reading = new Set(["GET", "HEAD"]);

/** Finds out who calls, before anything of the body is read, and turns away who may not. */
export function authenticate(app: FastifyInstance, access: Access, limit: RateLimit): void {
  app.decorateRequest("principal", null);
  app.decorateRequest("session", null);
  app.addHook("onRequest", async (request) => {
    if (!reading.has(request.method)) requireOwnOrigin(request);
    const least = accessOf(request.method, request.routeOptions.url ?? "");
    // No such route: answered by the handler for that.
    if (least === undefined) return;
    if (least !== "open") await identify(request, access);
    const { principal } = request;
    if (request.url.startsWith("/api/")) limit.count(principal, request.ip);
    if (least === "open") return;
    if (!principal) throw new UnauthorizedError();
    if (!mayAct(principal.role, least)) throw new ForbiddenError(principal.role, least);
  });
}

/** Whether who opened a connection that lasts may still have it: sessions end, tokens are revoked, roles change. */
export async function mayStay(request: FastifyRequest, access: Access): Promise<boolean> {
  const least = accessOf(request.method, request.routeOptions.url ?? "");
  request.principal = null;
  await identify(request, access);
  const { principal } = request as { principal: Principal | null };
  return principal !== null && least !== undefined && least !== "open" && mayAct(principal.role, least);
}

/** @throws CsrfError, UnauthorizedError for a token that is none (a cookie beside it does not count) */
async function identify(request: FastifyRequest, access: Access): Promise<void> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const token = /^Bearer (\S{1,200})$/i.exec(authorization)?.[1];
    request.principal = (token === undefined ? undefined : await access.byToken(token)) ?? null;
    return;
  }
  const secret = request.cookies[sessionCookie];
  if (secret === undefined || secret === "") return;
  const session = await access.session(secret);
  if (!session) return;
  if (!reading.has(request.method)) requireCsrf(request, session);
  request.session = session;
  const { name, role } = session.user;
  request.principal = { kind: "user", name, role, actor: name };
}

function requireCsrf(request: FastifyRequest, session: Session): void {
  const given = request.headers["x-csrf-token"];
  if (typeof given !== "string" || !same(given, session.csrfToken)) throw new CsrfError();
}

/**
 * Browsers say which page asks; programs do not. Without it a page of elsewhere could sign a browser in as somebody.
 *
 * @throws ForeignOriginError
 */
export function requireOwnOrigin(request: FastifyRequest): void {
  const { origin } = request.headers;
  if (origin !== undefined && !(URL.canParse(origin) && new URL(origin).host === request.host))
    throw new ForeignOriginError();
}

/** Who is behind a call of a route that is not open. */
export function actorOf(request: FastifyRequest): string {
  if (!request.principal) throw new InvariantError(`nobody was asked for at ${request.url}`);
  return request.principal.actor;
}
