import { z } from "zod";
import { AccountRole } from "../../access/accounts.js";
import { Role } from "../../access/roles.js";
import { SecurityQuery, securityKinds } from "../../access/security-log.js";
import { sessionSchemas } from "../session.js";
import { userSchemas } from "../users.js";
import { At, pageOf, type RouteDocs } from "./route-doc.js";

const Who = z.strictObject({ name: z.string(), role: AccountRole });
const Session = z.strictObject({ user: Who, csrfToken: z.string(), expiresAt: At });
const User = Who.extend({
  disabled: z.boolean(),
  createdBy: z.string(),
  createdAt: At,
  signedInAt: At.nullable(),
});
const Token = z.strictObject({
  ...{ id: z.uuid(), name: z.string(), role: Role, createdBy: z.string(), createdAt: At },
  ...{ expiresAt: At.nullable(), usedAt: At.nullable() },
});
const Event = z.strictObject({
  ...{ n: z.int(), at: At, kind: z.enum(securityKinds), actor: z.string(), subject: z.string() },
  ...{ address: z.string().nullable(), detail: z.record(z.string(), z.unknown()) },
});

export const accessDocs: RouteDocs = {
  "POST /api/setup": {
    summary: "Use a setup link: become the first administrator, or choose a new password",
    ...{ body: sessionSchemas.SetupBody, status: 201, answer: z.strictObject({ user: Who }) },
  },
  "POST /api/setup/links": {
    summary: "A one-time link with which a user chooses a new password",
    ...{ body: sessionSchemas.LinkBody, bodyRequired: false, status: 201 },
    answer: z.strictObject({ path: z.string(), url: z.string() }),
  },
  "POST /api/session": {
    summary: "Sign in; sets the session's cookie",
    ...{ body: sessionSchemas.SignInBody, answer: Session },
  },
  "GET /api/session": { summary: "Who is signed in", answer: Session },
  "DELETE /api/session": { summary: "Sign out", status: 204 },
  "PUT /api/session/password": {
    summary: "Change the own password; other sessions end",
    ...{ body: sessionSchemas.PasswordBody, status: 204 },
  },
  "GET /api/users": {
    summary: "Who may sign in",
    ...{ query: userSchemas.UserList, answer: pageOf("users", User) },
  },
  "POST /api/users": { summary: "A new user", body: userSchemas.UserBody, status: 201, answer: User },
  "PATCH /api/users/:name": {
    summary: "Another role or password, or no more signing in; the last administrator stays",
    ...{ params: userSchemas.User, body: userSchemas.UserChange, answer: User },
  },
  "DELETE /api/users/:name": { summary: "Remove a user", params: userSchemas.User, status: 204 },
  "GET /api/tokens": {
    summary: "Tokens of programs, without the secret",
    ...{ query: userSchemas.TokenList, answer: pageOf("tokens", Token) },
  },
  "POST /api/tokens": {
    summary: "A token for a program; its secret is shown this once",
    ...{ body: userSchemas.TokenBody, status: 201, answer: Token.extend({ token: z.string() }) },
  },
  "DELETE /api/tokens/:id": { summary: "Revoke a token", params: userSchemas.Id, status: 204 },
  "GET /api/audit": {
    summary: "Sign-ins, failures, and what became of users and tokens, newest first",
    ...{ query: SecurityQuery, answer: pageOf("events", Event) },
  },
};
