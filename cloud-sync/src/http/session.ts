import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { AccountName } from "../access/accounts.js";
import { UnauthorizedError } from "../access/errors.js";
import { Password } from "../access/password.js";
import { hashOf } from "../access/secret.js";
import type { Session } from "../access/sessions.js";
import { actorOf, sessionCookie } from "./authenticate.js";
import type { ServerParts } from "./server.js";

const SetupBody = z.strictObject({
  setupToken: z.string().min(1).max(200),
  name: AccountName,
  password: Password,
});
const LinkBody = z.strictObject({ user: AccountName.optional() });
/** Not the rules of new ones: what does not fit is as wrong as any other. */
const SignInBody = z.strictObject({ name: z.string().max(200), password: z.string().max(200) });
const PasswordBody = z.strictObject({ password: z.string().max(200), newPassword: Password });

export const sessionSchemas = { SetupBody, LinkBody, SignInBody, PasswordBody };

/** `/api/setup` and `/api/session`. */
export function sessionRoutes(app: FastifyInstance, { access, consoleUrl }: ServerParts): void {
  app.post("/api/setup", async (request, reply) => {
    const { setupToken, name, password } = SetupBody.parse(request.body);
    const { role } = await access.setupLinks.redeem(setupToken, name, password, access.now(), request.ip);
    return reply.code(201).send({ user: { name, role } });
  });

  app.post("/api/setup/links", async (request, reply) => {
    const { user } = LinkBody.parse(request.body ?? {});
    const token = await access.setupLinks.create(actorOf(request), access.now(), user);
    return reply.code(201).send({ path: `/setup#${token}`, url: `${consoleUrl()}/setup#${token}` });
  });

  app.post("/api/session", async (request, reply) => {
    const before = request.cookies[sessionCookie];
    const { secret, session } = await access.signIn(SignInBody.parse(request.body), request.ip, before);
    keepCookie(request, reply, secret, session.expiresAt);
    return sessionView(session);
  });

  app.get("/api/session", async (request) => sessionView(ownSession(request)));

  app.delete("/api/session", async (request, reply) => {
    ownSession(request);
    await access.signOut(request.cookies[sessionCookie] ?? "", request.ip);
    reply.clearCookie(sessionCookie, { path: "/" });
    return reply.code(204).send();
  });

  app.put("/api/session/password", async (request, reply) => {
    const { name } = ownSession(request).user;
    const { password, newPassword } = PasswordBody.parse(request.body);
    const secret = request.cookies[sessionCookie] ?? "";
    await access.requirePassword(name, password, request.ip);
    await access.accounts.change(name, { password: newPassword }, name, access.now(), hashOf(secret));
    return reply.code(204).send();
  });
}

/** A token has no session to tell about. @throws UnauthorizedError */
function ownSession(request: FastifyRequest): Session {
  if (!request.session) throw new UnauthorizedError();
  return request.session;
}

const sessionView = ({ user, csrfToken, expiresAt }: Session) => ({ user, csrfToken, expiresAt });

function keepCookie(request: FastifyRequest, reply: FastifyReply, secret: string, expires: Date): void {
  reply.setCookie(sessionCookie, secret, {
    ...{ httpOnly: true, sameSite: "strict", path: "/", expires },
    // On plain HTTP a browser would not send it back.
    secure: request.protocol === "https",
  });
}
