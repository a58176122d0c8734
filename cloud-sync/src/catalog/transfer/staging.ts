import type { Sql } from "../../storage/database.js";
import { type NewestFirst, newestFirst } from "../../storage/newest-first.js";
import type { LineError, StagedLine } from "./kinds.js";
import type { ImportReport } from "./report.js";

/** A line on its way in. */
export interface NewLine extends StagedLine {
  readonly key: string;
}

export async function saveReport(sql: Sql, report: ImportReport): Promise<void> {
  await sql.query(
    `insert into import (id, kind, file, actor, state, report, started_at, finished_at)
     values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8)
     on conflict (id) do update set state = excluded.state, report = excluded.report,
       finished_at = excluded.finished_at`,
    [
      ...[report.id, report.kind, report.file, report.actor, report.state],
      ...[JSON.stringify(report), report.startedAt, report.finishedAt],
    ],
  );
}

export async function readReport(sql: Sql, id: string): Promise<ImportReport | undefined> {
  const { rows } = await sql.query<{ report: ImportReport }>("select report from import where id = $1", [id]);
  return rows[0]?.report;
}

export async function readReports(sql: Sql, { after, limit }: NewestFirst): Promise<ImportReport[]> {
  const { rows } = await sql.query<{ report: ImportReport }>(
    `select report from import where ${newestFirst("import", "started_at")}`,
    [after ?? null, limit],
  );
  return rows.map(({ report }) => report);
}

export async function saveErrors(sql: Sql, id: string, errors: readonly LineError[]): Promise<void> {
  if (errors.length === 0) return;
  await sql.query(
    `insert into import_error (import, row, field, message)
     select $1, line, field, message from jsonb_to_recordset($2::jsonb) as e (line int, field text, message text)`,
    [id, JSON.stringify(errors)],
  );
}

/** In the order of the file. */
export async function readErrors(sql: Sql, id: string, offset: number, limit: number): Promise<LineError[]> {
  const { rows } = await sql.query<LineError>(
    `select row as line, field, message from import_error where import = $1
     order by row, field, message limit $2 offset $3`,
    [id, limit, offset],
  );
  return rows;
}

/** @returns an error for each line whose key an earlier line has: nobody can say which of the two was meant. */
export async function stage(sql: Sql, id: string, lines: readonly NewLine[]): Promise<LineError[]> {
  if (lines.length === 0) return [];
  const { rows } = await sql.query<{ row: number }>(
    `insert into import_row (import, row, key, body)
     select $1, line, key, body from jsonb_to_recordset($2::jsonb) as l (line int, key text, body jsonb) order by line
     on conflict do nothing returning row`,
    [id, JSON.stringify(lines)],
  );
  if (rows.length === lines.length) return [];
  const taken = new Set(rows.map(({ row }) => row));
  const twice = lines.filter(({ line }) => !taken.has(line));
  const firsts = await sql.query<{ key: string; row: number }>(
    "select key, row from import_row where import = $1 and key = any($2)",
    [id, twice.map(({ key }) => key)],
  );
  const first = new Map(firsts.rows.map(({ key, row }) => [key, row]));
  return twice.map(({ line, key }) => ({
    ...{ line, field: "sku", message: `${key.replace(/^o:/, "")} is also in line ${first.get(key)}` },
  }));
}

export async function staged(sql: Sql, id: string, after: number, limit: number): Promise<StagedLine[]> {
  const { rows } = await sql.query<StagedLine>(
    "select row as line, body from import_row where import = $1 and row > $2 order by row limit $3",
    [id, after, limit],
  );
  return rows;
}

/** SKUs of the catalog that the file does not name. */
export async function unnamed(sql: Sql, id: string, limit: number): Promise<string[]> {
  const { rows } = await sql.query<{ sku: string }>(
    `select sku from product where not exists (select 1 from import_row where import = $1 and key = sku)
     order by sku limit $2`,
    [id, limit],
  );
  return rows.map(({ sku }) => sku);
}

/** Lines of barcode claims, for the report. */
export async function linesOfKeys(
  sql: Sql,
  id: string,
  keys: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await sql.query<{ key: string; row: number }>(
    "select key, row from import_row where import = $1 and key = any($2)",
    [id, keys],
  );
  return new Map(rows.map(({ key, row }) => [key, row]));
}

export async function dropStaged(sql: Sql, id: string): Promise<void> {
  await sql.query("delete from import_row where import = $1", [id]);
}

/** Imports that were under way when their process ended: `olderThan` spares those of other copies of headquarters. */
export async function failAbandoned(sql: Sql, olderThan: Date): Promise<void> {
  const failure = JSON.stringify({
    state: "failed",
    failure: "headquarters ended meanwhile; import it again",
  });
  await sql.query(
    `update import set state = 'failed', report = report || $1::jsonb, finished_at = now()
     where state in ('reading', 'applying') and started_at < $2`,
    [failure, olderThan.toISOString()],
  );
  await sql.query(
    "delete from import_row using import where import.id = import_row.import and import.state = 'failed'",
  );
}
