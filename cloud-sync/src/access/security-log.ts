import { z } from "zod";
import type { Sql, SqlValue } from "../storage/database.js";
import { jsonText, storableText } from "../storage/json-text.js";

export const securityKinds = [
  ...["set-up", "setup-link", "sign-in", "sign-in-failed", "sign-out"],
  ...["user-created", "user-changed", "password-changed", "user-removed"],
  ...["token-created", "token-revoked"],
  ...["terminal-invited", "terminal-registered", "terminal-revoked", "terminal-settings"],
  "model-added",
] as const;

/** One thing that happened to accounts, sessions or tokens. */
export interface SecurityEvent {
  readonly kind: (typeof securityKinds)[number];
  /** Who did it; at a failed sign-in, who he says he is. */
  readonly actor: string;
  /** The account or token that it is about. */
  readonly subject: string;
  readonly address?: string | undefined;
  readonly detail?: object;
}

/** Which events: all conditions hold; what is left out does not matter. */
export const SecurityQuery = z.strictObject({
  kind: z.enum(securityKinds).optional(),
  actor: z.string().max(120).optional(),
  subject: z.string().max(120).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  /** Not itself included. */
  until: z.iso.datetime({ offset: true }).optional(),
  after: z.coerce.number().int().min(1).optional().meta({ description: "The `next` of the page before" }),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
export type SecurityQuery = z.infer<typeof SecurityQuery>;

const conditions: Readonly<Partial<Record<keyof SecurityQuery, string>>> = {
  ...{ kind: "kind = $", actor: "actor = $", subject: "subject = $" },
  ...{ from: "at >= $", until: "at < $", after: "n < $" },
};

export async function logSecurity(sql: Sql, event: SecurityEvent, now: Date): Promise<void> {
  const { kind, actor, subject, address = null, detail = {} } = event;
  await sql.query(
    `insert into security_event (at, kind, actor, subject, address, detail) values ($1, $2, $3, $4, $5, $6::jsonb)`,
    [now.toISOString(), kind, storableText(actor), storableText(subject), address, jsonText(detail)],
  );
}

export interface StoredSecurityEvent extends Required<SecurityEvent> {
  readonly n: number;
  readonly at: Date;
}

/** Newest first. */
export async function readSecurity(sql: Sql, query: SecurityQuery): Promise<StoredSecurityEvent[]> {
  const values: SqlValue[] = [query.limit];
  const where = Object.entries(conditions).flatMap(([key, condition]) => {
    const value = query[key as keyof SecurityQuery];
    if (value === undefined) return [];
    values.push(value);
    return [condition.replace("$", `$${values.length}`)];
  });
  const { rows } = await sql.query<StoredSecurityEvent>(
    `select n, at, kind, actor, subject, address, detail from security_event
     ${where.length > 0 ? `where ${where.join(" and ")}` : ""} order by n desc limit $1`,
    values,
  );
  return rows;
}
