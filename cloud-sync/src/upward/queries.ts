import { NodeName, type Sale, type UpStream } from "@tillsight/contracts";
import { z } from "zod";
import type { Sql, SqlValue } from "../storage/database.js";

/** Where a page goes on: the time and id of the last record of the one before. */
const After = z
  .string()
  .regex(/^\d{1,15}\.[0-9a-f-]{36}$/, "the `next` of the page before")
  .transform((text) => {
    const dot = text.indexOf(".");
    return { at: new Date(Number(text.slice(0, dot))), id: text.slice(dot + 1) };
  });

const period = {
  store: NodeName.optional(),
  terminal: NodeName.optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  /** Not itself included. */
  until: z.iso.datetime({ offset: true }).optional(),
  after: After.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
};

export const SalesQuery = z.strictObject({ ...period, status: z.enum(["done", "cancelled"]).optional() });
export type SalesQuery = z.infer<typeof SalesQuery>;

export const RecordsQuery = z.strictObject({ ...period, type: z.string().max(64).optional() });
export type RecordsQuery = z.infer<typeof RecordsQuery>;

export interface StoredSale {
  readonly id: string;
  readonly store: NodeName;
  readonly terminal: NodeName;
  readonly at: Date;
  readonly receivedAt: Date;
  readonly sale: Sale;
}

export interface StoredRecord {
  readonly id: string;
  readonly store: NodeName;
  readonly terminal: NodeName;
  readonly at: Date;
  readonly receivedAt: Date;
  readonly body: unknown;
}

interface Row {
  id: string;
  store: NodeName;
  terminal: NodeName;
  at: Date;
  received_at: Date;
  body: unknown;
}

type Filter = Partial<
  Record<"store" | "terminal" | "status" | "type" | "from" | "until", string | undefined>
>;

/** Where the page after this one begins; null when it is the last. */
export function nextOf(
  page: readonly { readonly at: Date; readonly id: string }[],
  limit: number,
): string | null {
  const last = page.length === limit ? page.at(-1) : undefined;
  return last ? `${last.at.getTime()}.${last.id}` : null;
}

/** One page by time and id, the newest or the oldest first. */
async function page(
  sql: Sql,
  { table, time, order }: { table: string; time: string; order: "asc" | "desc" },
  filter: Filter,
  after: { readonly at: Date; readonly id: string } | undefined,
  limit: number,
): Promise<Row[]> {
  const values: SqlValue[] = [limit];
  const where: string[] = [];
  const add = (condition: string, value: SqlValue | undefined) => {
    if (value === undefined) return;
    values.push(value);
    where.push(condition.replace("$", `$${values.length}`));
  };
  for (const column of ["store", "terminal", "status", "type"] as const) add(`${column} = $`, filter[column]);
  add(`${time} >= $`, filter.from);
  add(`${time} < $`, filter.until);
  if (after) {
    values.push(after.at.toISOString(), after.id);
    where.push(`(${time}, id) ${order === "asc" ? ">" : "<"} ($${values.length - 1}, $${values.length})`);
  }
  const { rows } = await sql.query<Row>(
    `select id, store, terminal, ${time} as at, received_at, body from ${table}
     ${where.length > 0 ? `where ${where.join(" and ")}` : ""} order by ${time} ${order}, id ${order} limit $1`,
    values,
  );
  return rows;
}

const recordOf = ({ received_at: receivedAt, ...row }: Row): StoredRecord => ({ ...row, receivedAt });
const saleOf = ({ body, ...row }: StoredRecord): StoredSale => ({ ...row, sale: body as Sale });

/** The newest first. */
export async function listSales(sql: Sql, { after, limit, ...filter }: SalesQuery): Promise<StoredSale[]> {
  const table = { table: "sale", time: "ended_at", order: "desc" } as const;
  return (await page(sql, table, filter, after, limit)).map(recordOf).map(saleOf);
}

/** All of a period, the oldest first, page by page: sales that arrive meanwhile may or may not be in it. */
export async function* eachSale(
  sql: Sql,
  { after: _, limit: __, ...filter }: SalesQuery,
): AsyncGenerator<StoredSale[]> {
  const size = 500;
  let after: { at: Date; id: string } | undefined;
  for (;;) {
    const rows = await page(sql, { table: "sale", time: "ended_at", order: "asc" }, filter, after, size);
    if (rows.length > 0) yield rows.map(recordOf).map(saleOf);
    if (rows.length < size) return;
    after = rows.at(-1);
  }
}

const tables = { event: "lane_event", telemetry: "telemetry", crop: "review_crop" } as const;

/** Events, telemetry or crops, the newest first. `type` is of events only. */
export async function listRecords(
  sql: Sql,
  stream: Exclude<UpStream, "sale">,
  { after, limit, type, ...filter }: RecordsQuery,
): Promise<StoredRecord[]> {
  const table = { table: tables[stream], time: "at", order: "desc" } as const;
  const only = stream === "event" ? { ...filter, type } : filter;
  return (await page(sql, table, only, after, limit)).map(recordOf);
}

export interface SalesTotal {
  readonly store: NodeName;
  readonly currency: string;
  readonly sales: number;
  readonly totalMinor: number;
}

/** Finished sales of a period by store and currency. */
export async function totals(
  sql: Sql,
  query: Pick<SalesQuery, "from" | "until" | "store">,
): Promise<SalesTotal[]> {
  const { rows } = await sql.query<SalesTotal>(
    `select store, currency, count(*)::int as sales, sum(total_minor)::bigint as "totalMinor" from sale
     where status = 'done' and ($1::timestamptz is null or ended_at >= $1)
       and ($2::timestamptz is null or ended_at < $2) and ($3::text is null or store = $3)
     group by store, currency order by store, currency`,
    [query.from ?? null, query.until ?? null, query.store ?? null],
  );
  return rows;
}

export interface StreamState {
  readonly store: NodeName;
  readonly terminal: NodeName;
  readonly stream: UpStream;
  readonly n: number;
  /** Numbers that never came; those the lane says it dropped for want of room are among them. */
  readonly missing: number;
  readonly dropped: number;
  readonly updatedAt: Date;
}

/** How far every stream has come. */
export async function streamStates(sql: Sql, store: NodeName, terminal: NodeName): Promise<StreamState[]> {
  const { rows } = await sql.query<StreamState>(
    `select store, terminal, stream, n, missing, dropped, updated_at as "updatedAt" from up_cursor
     where store = $1 and terminal = $2 order by stream, updated_at`,
    [store, terminal],
  );
  return rows;
}
