import type { Client } from "./client.js";
import { RefusedError } from "./problem.js";
import { ImportReport } from "./schemas.js";

export interface ImportWish {
  readonly id: string;
  readonly kind: "products" | "overrides";
  readonly file: string;
  readonly body: string | Blob;
  readonly type: "text/csv" | "application/x-ndjson";
  readonly dryRun: boolean;
  readonly currency?: string;
  readonly replace?: boolean;
  readonly ignoreUnknown?: boolean;
  readonly encoding?: string;
}

/** Imports the file, or only tries it; a refusal is a report too. @throws RefusedError, UnreachableError */
export async function runImport(
  client: Client,
  wish: ImportWish,
  signal?: AbortSignal,
): Promise<ImportReport> {
  const { body, type, ...query } = wish;
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  try {
    const asking = { schema: ImportReport, body, headers: { "content-type": type }, signal };
    return (await client.ask("POST", `/api/imports?${search}`, asking)).data;
  } catch (error) {
    const report = reportOf(error);
    if (report) return report;
    throw error;
  }
}

/** The report that a refused import's answer carries. */
function reportOf(error: unknown): ImportReport | null {
  if (!(error instanceof RefusedError) || error.status !== 422) return null;
  const body = error.body;
  if (typeof body !== "object" || body === null || !("report" in body)) return null;
  return ImportReport.safeParse(body.report).data ?? null;
}

/** How far an import is; null when headquarters does not know of it (yet). @throws RefusedError, UnreachableError */
export async function readImport(
  client: Client,
  id: string,
  signal?: AbortSignal,
): Promise<ImportReport | null> {
  try {
    return await client.get(`/api/imports/${id}`, ImportReport, signal);
  } catch (error) {
    if (error instanceof RefusedError && error.status === 404) return null;
    throw error;
  }
}
