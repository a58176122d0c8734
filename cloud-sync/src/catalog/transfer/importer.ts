import { describeError, type Sku, StoppedError } from "@tillsight/contracts";
import type { Database, Sql } from "../../storage/database.js";
import { type ChangeLog, change } from "../change-log.js";
import { type Claim, claimCodes, removeProducts } from "../write-products.js";
import { columnOf } from "./cells.js";
import { type KindName, kinds, type LineError } from "./kinds.js";
import { csvLines, type Encoding, jsonLines, type Line } from "./lines.js";
import { issuesOf } from "./patch.js";
import { type ImportReport, keptErrors, reportedErrors } from "./report.js";
import {
  dropStaged,
  linesOfKeys,
  type NewLine,
  saveErrors,
  saveReport,
  stage,
  staged,
  unnamed,
} from "./staging.js";

export interface ImportOptions {
  /** A UUID; the same again tells of the first. */
  readonly id: string;
  readonly kind: KindName;
  readonly format: "csv" | "jsonl";
  /** Name of the file, for people. */
  readonly file: string;
  readonly actor: string;
  readonly encoding?: Encoding;
  /** Of amounts without a currency, for products that are new. */
  readonly currency?: string | undefined;
  readonly ignoreUnknown?: boolean;
  /** Products that the file does not name are removed. */
  readonly replace?: boolean;
  /** Everything but the commit. */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (report: ImportReport) => void;
}

/** Lines in one statement: large enough that the way to the database does not count, small in memory. */
const batchLines = 1000;

/** Thrown inside the transaction to leave it; never seen outside. */
class NotCommitted {
  constructor(readonly outcome: "refused" | "checked") {}
}

/**
 * One import: the file is read into a staging table, then goes into the catalog in one transaction, or nothing does.
 * Every line that does not fit is in the report, not only the first.
 */
export class ImportRun {
  readonly #db: Database;
  readonly #o: ImportOptions;
  #report: ImportReport;
  #kept = 0;
  /** Errors that are not in the database yet. */
  readonly #pending: LineError[] = [];

  constructor(db: Database, options: ImportOptions, startedAt: Date) {
    this.#db = db;
    this.#o = options;
    const { id, kind, file, actor } = options;
    this.#report = {
      ...{
        id,
        kind,
        file,
        actor,
        state: "reading",
        lines: 0,
        applied: 0,
        created: 0,
        changed: 0,
        unchanged: 0,
      },
      ...{ removed: 0, errorCount: 0, errors: [], failure: null, lsn: null },
      ...{ startedAt: startedAt.toISOString(), finishedAt: null },
    };
  }

  get report(): ImportReport {
    return this.#report;
  }

  /** Never throws for the file's sake: what went wrong is in the report. */
  async run(bytes: AsyncIterable<Uint8Array>, now: () => Date): Promise<ImportReport> {
    await saveReport(this.#db, this.#report);
    try {
      await this.#read(bytes);
      if (this.#report.lines === 0 && this.#report.errorCount === 0)
        await this.#wrong([{ line: 1, field: "", message: "the file holds no record" }]);
      if (this.#report.errorCount > 0) this.#tell({ state: "refused" });
      else await this.#apply(now);
    } catch (error) {
      this.#tell({ state: "failed", failure: describeError(error), ...nothing });
    }
    if (this.#report.finishedAt === null) this.#tell({ finishedAt: now().toISOString() });
    // The connection may be what failed; then the next start finds this import abandoned.
    await dropStaged(this.#db, this.#o.id).catch(() => {});
    await saveReport(this.#db, this.#report).catch(() => {});
    return this.#report;
  }

  async #read(bytes: AsyncIterable<Uint8Array>): Promise<void> {
    let batch: NewLine[] = [];
    let errors: LineError[] = [];
    const flush = async () => {
      this.#tell({ lines: this.#report.lines + batch.length });
      await this.#wrong([...errors, ...(await stage(this.#db, this.#o.id, batch))]);
      [batch, errors] = [[], []];
    };
    for await (const line of this.#lines(bytes)) {
      if (this.#o.signal?.aborted) throw new StoppedError("the import");
      const read = this.#check(line);
      if ("key" in read) batch.push(read);
      else errors.push(...read.errors);
      if (batch.length + errors.length >= batchLines) await flush();
    }
    await flush();
  }

  #lines(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Line> {
    const { format, encoding = "utf-8", kind, ignoreUnknown = false } = this.#o;
    const { columns, required } = kinds[kind];
    return format === "csv"
      ? csvLines(bytes, { encoding, columns, required, ignoreUnknown })
      : jsonLines(bytes, encoding);
  }

  #check({ line, value, errors }: Line): NewLine | { readonly errors: readonly LineError[] } {
    const kind = kinds[this.#o.kind];
    const unread = new Set(errors.map(({ field }) => field));
    const parsed = value === null ? null : kind.patch.safeParse(value);
    const issues = parsed?.success === false ? issuesOf(parsed.error) : [];
    const named = this.#o.format === "csv" ? issues.map((e) => ({ ...e, field: columnOf(e.field) })) : issues;
    const all = [...errors, ...named.filter(({ field }) => !unread.has(field))];
    if (all.length > 0) return { errors: all.map((error) => ({ line, ...error })) };
    return { line, key: kind.keyOf(parsed?.data), body: parsed?.data };
  }

  async #apply(now: () => Date): Promise<void> {
    const { dryRun = false, replace = false, kind, actor, id } = this.#o;
    this.#tell({ state: "applying" });
    try {
      await change(this.#db, { actor, source: `import:${id}` }, async (tx, log) => {
        // First, because what comes may carry the barcodes of what goes.
        if (replace && kind === "products") await this.#removeUnnamed(tx, log);
        await this.#claim(tx, await this.#applyLines(tx, log));
        if (this.#report.errorCount > 0) throw new NotCommitted("refused");
        if (dryRun) throw new NotCommitted("checked");
        // With the changes, so that an import that is in is also known to be in.
        this.#tell({ state: "done", lsn: log.lsn, finishedAt: now().toISOString() });
        await dropStaged(tx, id);
        await saveReport(tx, this.#report);
      });
    } catch (error) {
      if (!(error instanceof NotCommitted)) throw error;
      this.#tell({ state: error.outcome, ...(error.outcome === "refused" ? nothing : {}) });
      // They were written in the transaction that was given up.
      await saveErrors(this.#db, id, this.#pending.splice(0));
    }
  }

  async #applyLines(tx: Sql, log: ChangeLog): Promise<Claim[]> {
    const claims: Claim[] = [];
    for (let last = 0; ; ) {
      if (this.#o.signal?.aborted) throw new StoppedError("the import");
      const lines = await staged(tx, this.#o.id, last, batchLines);
      if (lines.length === 0) return claims;
      const done = await kinds[this.#o.kind].apply(tx, log, lines, this.#o.currency);
      claims.push(...done.claims);
      this.#collect(done.errors);
      const before = this.#report;
      this.#tell({
        applied: before.applied + lines.length,
        created: before.created + done.created,
        changed: before.changed + done.changed,
        removed: before.removed + done.removed,
        unchanged:
          before.unchanged +
          lines.length -
          done.created -
          done.changed -
          done.removed -
          wrongLines(done.errors),
      });
      last = lines.at(-1)?.line ?? last;
    }
  }

  async #claim(tx: Sql, claims: readonly Claim[]): Promise<void> {
    for (let at = 0; at < claims.length; at += batchLines) {
      const taken = await claimCodes(tx, claims.slice(at, at + batchLines));
      const lines =
        taken.length > 0
          ? await linesOfKeys(
              tx,
              this.#o.id,
              taken.map(({ sku }) => sku),
            )
          : new Map();
      this.#collect(
        taken.map(({ code, sku, owner }) => ({
          ...{ line: lines.get(sku) ?? 0, field: code.startsWith("p") ? "plu" : "gtins" },
          message: `barcode ${code.slice(1)} belongs to product ${owner}`,
        })),
      );
    }
  }

  async #removeUnnamed(tx: Sql, log: ChangeLog): Promise<void> {
    for (;;) {
      const skus = await unnamed(tx, this.#o.id, batchLines);
      if (skus.length === 0) return;
      this.#tell({ removed: this.#report.removed + (await removeProducts(tx, log, skus as Sku[])) });
    }
  }

  async #wrong(errors: readonly LineError[]): Promise<void> {
    this.#collect(errors);
    await saveErrors(this.#db, this.#o.id, this.#pending.splice(0));
  }

  #collect(errors: readonly LineError[]): void {
    if (errors.length === 0) return;
    const kept = errors.slice(0, Math.max(0, keptErrors - this.#kept));
    this.#kept += kept.length;
    this.#pending.push(...kept);
    const { errorCount, errors: shown } = this.#report;
    this.#tell({
      errorCount: errorCount + errors.length,
      errors: [...shown, ...errors].slice(0, reportedErrors),
    });
  }

  #tell(news: Partial<ImportReport>): void {
    this.#report = { ...this.#report, ...news };
    this.#o.onProgress?.(this.#report);
  }
}

const nothing = { created: 0, changed: 0, unchanged: 0, removed: 0, lsn: null, finishedAt: null };
const wrongLines = (errors: readonly LineError[]): number => new Set(errors.map(({ line }) => line)).size;
