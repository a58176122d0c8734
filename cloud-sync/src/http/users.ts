import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { AccountName, AccountRole } from "../access/accounts.js";
import { Password } from "../access/password.js";
import { Role } from "../access/roles.js";
import { SecurityQuery } from "../access/security-log.js";
import { actorOf } from "./authenticate.js";
import { requireThat } from "./problem.js";
import type { ServerParts } from "./server.js";

const User = z.object({ name: AccountName });
const UserBody = z.strictObject({ name: AccountName, role: AccountRole, password: Password });
const UserChange = z.strictObject({
  role: AccountRole.optional(),
  password: Password.optional(),
  disabled: z.boolean().optional(),
});
const UserList = z.strictObject({
  after: z.string().max(80).default(""),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
const TokenBody = z.strictObject({
  name: z
    .string()
    .trim()
    .regex(/^[\w .@/-]{1,60}$/, "letters, digits, blanks and .-_@/"),
  role: Role,
  /** Null: until it is revoked. */
  expiresAt: z.iso.datetime({ offset: true }).nullable().default(null),
});
const TokenList = z.strictObject({
  after: z.uuid().default("00000000-0000-0000-0000-000000000000"),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
const Id = z.object({ id: z.uuid() });

export const userSchemas = { User, UserBody, UserChange, UserList, TokenBody, TokenList, Id };

/** `/api/users`, `/api/tokens` and `/api/audit`. */
export function userRoutes(app: FastifyInstance, { access }: ServerParts): void {
  app.get("/api/users", async (request) => {
    const { after, limit } = UserList.parse(request.query);
    const users = await access.accounts.list(after, limit);
    return { users, next: users.length === limit ? (users.at(-1)?.name ?? null) : null };
  });

  app.post("/api/users", async (request, reply) => {
    const user = await access.accounts.create(UserBody.parse(request.body), actorOf(request), access.now());
    return reply.code(201).header("location", `/api/users/${user.name}`).send(user);
  });

  app.patch("/api/users/:name", async (request) => {
    const { name } = User.parse(request.params);
    return access.accounts.change(name, UserChange.parse(request.body), actorOf(request), access.now());
  });

  app.delete("/api/users/:name", async (request, reply) => {
    await access.accounts.remove(User.parse(request.params).name, actorOf(request), access.now());
    return reply.code(204).send();
  });

  app.get("/api/tokens", async (request) => {
    const { after, limit } = TokenList.parse(request.query);
    const tokens = await access.tokens.list(after, limit);
    return { tokens, next: tokens.length === limit ? (tokens.at(-1)?.id ?? null) : null };
  });

  app.post("/api/tokens", async (request, reply) => {
    const { expiresAt: text, ...token } = TokenBody.parse(request.body);
    const expiresAt = text === null ? null : new Date(text);
    requireThat(
      expiresAt === null || expiresAt > access.now(),
      "expiresAt has passed already",
      "Give a time to come, or leave it out.",
    );
    const made = await access.tokens.create({ ...token, expiresAt }, actorOf(request), access.now());
    return reply.code(201).header("location", `/api/tokens/${made.id}`).send(made);
  });

  app.delete("/api/tokens/:id", async (request, reply) => {
    await access.tokens.revoke(Id.parse(request.params).id, actorOf(request), access.now());
    return reply.code(204).send();
  });

  app.get("/api/audit", async (request) => {
    const query = SecurityQuery.parse(request.query);
    const events = await access.audit(query);
    return { events, next: events.length === query.limit ? (events.at(-1)?.n ?? null) : null };
  });
}
