import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { access, rename, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { InvalidInputError } from "@tillsight/contracts";
import type { LineError } from "../catalog/transfer/kinds.js";
import { type ImportReport, isOver } from "../catalog/transfer/report.js";
import { openTarget, type Target, type Where } from "./target.js";
import { type ExportArgs, formatOf, type ImportArgs } from "./transfer-options.js";

/** The process as a command sees it; the environment stays with main. */
export interface Terminal {
  readonly stdin: Readable;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly signal: AbortSignal;
}

const where = (args: ImportArgs | ExportArgs, environment: Pick<Where, "token" | "databaseUrl">): Where => ({
  ...{ data: args.data, url: args.url, token: environment.token },
  databaseUrl: args["database-url"] ?? (args.url === undefined ? environment.databaseUrl : undefined),
});

/** @returns the exit code: 0 when everything is in (or would be) */
export async function runImport(
  args: ImportArgs,
  environment: Pick<Where, "token" | "databaseUrl">,
  terminal: Terminal,
): Promise<number> {
  const { file, signal } = { file: args.file, signal: terminal.signal };
  if (file !== "-") await requireFile(file);
  const target = await openTarget(where(args, environment));
  try {
    const report = await target.import(file === "-" ? terminal.stdin : createReadStream(file), {
      ...{ id: randomUUID(), kind: args.kind, format: formatOf(args), file: basename(file) },
      ...{ encoding: args.encoding, currency: args.currency, ignoreUnknown: args["ignore-unknown"] },
      ...{ replace: args.replace, dryRun: args["dry-run"], signal, onProgress: progress(terminal.stderr) },
    });
    terminal.stderr.write(summary(report));
    if (args.report !== undefined)
      await writeFile(
        args.report,
        `${JSON.stringify({ ...report, errors: await allErrors(target, report) }, null, 2)}\n`,
      );
    return report.state === "done" || report.state === "checked" ? 0 : 1;
  } finally {
    await target.close();
  }
}

export async function runExport(
  args: ExportArgs,
  environment: Pick<Where, "token" | "databaseUrl">,
  terminal: Terminal,
): Promise<number> {
  const target = await openTarget(where(args, environment));
  try {
    const text = Readable.from(
      target.export({ kind: args.kind, format: formatOf(args), store: args.store, bom: args.bom }),
    );
    if (args.file === undefined) {
      await pipeline(text, terminal.stdout, { signal: terminal.signal, end: false });
      return 0;
    }
    // Under another name until it is whole, so that no half file is taken for an export.
    const half = `${args.file}.part`;
    try {
      await pipeline(text, createWriteStream(half), { signal: terminal.signal });
      await rename(half, args.file);
    } catch (error) {
      await rm(half, { force: true });
      throw error;
    }
    terminal.stderr.write(`written to ${args.file}\n`);
    return 0;
  } finally {
    await target.close();
  }
}

async function requireFile(file: string): Promise<void> {
  await access(file).catch((cause: unknown) => {
    throw new InvalidInputError(`the file ${file} cannot be read`, "Check its name and rights.", { cause });
  });
}

const number = (n: number): string => n.toLocaleString("en");

/** One line that is written over on a terminal; elsewhere a line whenever ten thousand more are done. */
function progress(stderr: Terminal["stderr"]): (report: ImportReport) => void {
  let last = "";
  return (report) => {
    if (isOver(report)) {
      if (stderr.isTTY && last !== "") stderr.write("\r\x1b[K");
      return;
    }
    const { state, lines, applied } = report;
    const text =
      state === "reading"
        ? `reading: ${number(lines)} lines`
        : `importing: ${number(applied)} of ${number(lines)}`;
    const step = state === "reading" ? lines : applied;
    if (text === last || (!stderr.isTTY && step % 10_000 !== 0)) return;
    last = text;
    stderr.write(stderr.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
  };
}

export function summary(report: ImportReport): string {
  const { state, created, changed, unchanged, removed, errorCount, errors, failure, lsn } = report;
  const counts = `${number(created)} new, ${number(changed)} changed, ${number(unchanged)} as before, ${number(removed)} removed`;
  if (state === "done") return `imported: ${counts}; the catalog is at LSN ${lsn}\n`;
  if (state === "checked") return `it fits: ${counts}; nothing was changed (--dry-run)\n`;
  if (state === "failed") return `nothing was imported: ${failure}\n`;
  const shown = errors.map((error) => `  ${errorLine(error)}\n`).join("");
  const more =
    errorCount > errors.length
      ? `  … and ${number(errorCount - errors.length)} more: --report <file> writes them\n`
      : "";
  return `nothing was imported, ${number(errorCount)} errors:\n${shown}${more}`;
}

const errorLine = ({ line, field, message }: LineError): string =>
  `line ${line}${field === "" ? "" : `, ${field}`}: ${message}`;

async function allErrors(target: Target, { id, errorCount }: ImportReport): Promise<LineError[]> {
  const all: LineError[] = [];
  while (all.length < errorCount) {
    const page = await target.errors(id, all.length, 1000);
    if (page.length === 0) break;
    all.push(...page);
  }
  return all;
}
