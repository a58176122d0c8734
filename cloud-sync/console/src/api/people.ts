import { z } from "zod";
import { Role } from "./schemas.js";

export const User = z.object({
  name: z.string(),
  role: Role,
  disabled: z.boolean(),
  createdAt: z.string(),
  signedInAt: z.string().nullable(),
});
export type User = z.infer<typeof User>;
export const Users = z.object({ users: z.array(User) });

export const TokenRole = z.enum(["terminal", "viewer", "editor", "admin"]);
export type TokenRole = z.infer<typeof TokenRole>;
export const Token = z.object({
  id: z.string(),
  name: z.string(),
  role: TokenRole,
  createdBy: z.string(),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  usedAt: z.string().nullable(),
});
export type Token = z.infer<typeof Token>;
export const Tokens = z.object({ tokens: z.array(Token) });
/** The secret is told this once. */
export const NewToken = Token.extend({ token: z.string() });
export const SetupLink = z.object({ path: z.string() });

export const SecurityEvent = z.object({
  n: z.number(),
  at: z.string(),
  kind: z.string(),
  actor: z.string(),
  subject: z.string(),
  address: z.string().nullable().default(null),
});
export const SecurityEvents = z.object({ events: z.array(SecurityEvent), next: z.number().nullable() });
