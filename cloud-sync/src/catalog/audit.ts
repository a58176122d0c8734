import { Lsn, NodeName, Sku } from "@tillsight/contracts";
import { z } from "zod";
import type { Sql, SqlValue } from "../storage/database.js";
import type { ChangeKind } from "./change-log.js";

/** Which changes: all conditions hold; what is left out does not matter. */
export const AuditQuery = z.strictObject({
  sku: Sku.optional(),
  store: NodeName.optional(),
  kind: z.enum(["product", "reference", "override"]).optional(),
  actor: z.string().max(120).optional(),
  /** Such as `import:ID`. */
  source: z.string().max(120).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  /** Not itself included. */
  until: z.iso.datetime({ offset: true }).optional(),
  /** Changes before this LSN: the next page, as the newest come first. */
  before: z.coerce.number().pipe(Lsn).optional(),
  /** The `next` of the page before: the same. */
  after: z.coerce.number().pipe(Lsn).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
export type AuditQuery = z.infer<typeof AuditQuery>;

/** One change as people ask about it: who, when, what was before, what is after (vectors left out). */
export interface AuditEntry {
  readonly lsn: number;
  readonly at: string;
  readonly actor: string;
  readonly source: string | null;
  readonly kind: ChangeKind;
  readonly key: string;
  readonly sku: string;
  readonly store: string | null;
  readonly before: unknown;
  readonly after: unknown;
}

const conditions: Readonly<Partial<Record<keyof AuditQuery, string>>> = {
  sku: "sku = $",
  store: "store = $",
  kind: "kind = $",
  actor: "actor = $",
  source: "source = $",
  from: "at >= $",
  until: "at < $",
  before: "lsn < $",
  after: "lsn < $",
};

/** Newest first. */
export async function readAudit(sql: Sql, query: AuditQuery): Promise<AuditEntry[]> {
  const values: SqlValue[] = [query.limit];
  const where = Object.entries(conditions).flatMap(([key, condition]) => {
    const value = query[key as keyof AuditQuery];
    if (value === undefined) return [];
    values.push(value);
    return [condition.replace("$", `$${values.length}`)];
  });
  const { rows } = await sql.query<AuditEntry & { at: Date }>(
    `select lsn, at, actor, source, kind, key, sku, store, before, after from change
     ${where.length > 0 ? `where ${where.join(" and ")}` : ""} order by lsn desc limit $1`,
    values,
  );
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}
