import { randomUUID } from "node:crypto";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { InvalidInputError } from "@tillsight/contracts";
import { fromFolder } from "../enrol/ingest/folder.js";
import { fromLinks } from "../enrol/ingest/links.js";
import { importPriceList } from "../enrol/ingest/price-list.js";
import { ingest } from "../enrol/ingest/run.js";
import type { Ingestion } from "../enrol/ingest/source.js";
import { fromZip } from "../enrol/ingest/zip.js";
import type { EnrolArgs } from "./enrol-options.js";
import { type BatchTarget, type BatchView, openEnrolTarget, type Remark } from "./enrol-target.js";
import { openTarget, type Where } from "./target.js";
import type { Terminal } from "./transfer.js";

const pollMs = 300;
const shownRemarks = 50;

/** @returns the exit code: 0 when every picture was taken or waits for a person */
export async function runEnrol(
  args: EnrolArgs,
  environment: Pick<Where, "token" | "databaseUrl">,
  terminal: Terminal,
): Promise<number> {
  const { path } = args;
  const source = await sourceOf(args);
  const databaseUrl = args["database-url"] ?? (args.url === undefined ? environment.databaseUrl : undefined);
  const where = { data: args.data, url: args.url, token: environment.token, databaseUrl };
  if (args["price-list"] && !(await importProducts(args, where, terminal))) return 1;
  const batch = args.batch ?? randomUUID();
  const target = await openEnrolTarget({
    ...{ ...where, objects: args.objects, models: args.models, batch },
    label: args.label ?? basename(path),
  });
  const line = statusLine(terminal);
  try {
    line(`batch ${batch}`, true);
    const report = await ingest(
      source,
      target,
      ({ sent, problems }) => line(sentText(sent, problems.length)),
      terminal.signal,
    );
    line(sentText(report.sent, report.problems.length), true);
    for (const { source: at, message } of report.problems) line(`  ${at}: ${message}`, true);
    const clean = report.problems.length === 0;
    if (args["no-wait"]) return clean ? 0 : 1;
    const { counts } = await untilDone(target, terminal.signal, line);
    for (const remark of await target.remarks(shownRemarks)) line(remarkText(remark), true);
    return clean && counts.refused + counts.dead === 0 ? 0 : 1;
  } finally {
    await target.close();
  }
}

async function sourceOf({ path, columns }: EnrolArgs): Promise<Ingestion> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new InvalidInputError(`there is no ${path}`, "Name a folder, a ZIP or a CSV file.", { cause });
  });
  if (found.isDirectory()) return fromFolder(path);
  if (/\.zip$/i.test(path)) return fromZip(path);
  if (/\.(csv|tsv|txt)$/i.test(path)) return fromLinks(path, columns);
  throw new InvalidInputError(`${path} is neither folder nor ZIP nor CSV`, "See cloud-sync enrol --help.");
}

async function importProducts(args: EnrolArgs, where: Where, { stderr, signal }: Terminal): Promise<boolean> {
  const target = await openTarget(where);
  try {
    const report = await importPriceList(args.path, args.columns ?? {}, (bytes, options) =>
      target.import(bytes, { ...options, currency: args.currency, signal }),
    );
    const good = report.state === "done";
    stderr.write(
      good
        ? `${report.lines} lines of the price list: ${report.created} new products, ${report.changed} changed\n`
        : `nothing was imported: ${report.failure ?? `${report.errorCount} errors`}\n`,
    );
    for (const { line, field, message } of report.errors)
      stderr.write(`  line ${line}, ${field}: ${message}\n`);
    return good;
  } finally {
    await target.close();
  }
}

async function untilDone(
  target: BatchTarget,
  signal: AbortSignal,
  line: (text: string, last?: boolean) => void,
): Promise<BatchView> {
  for (;;) {
    const view = await target.progress();
    const { queued, running, ...over } = view.counts;
    const waiting = queued + running;
    const text = Object.entries({ ...over, waiting }).map(([state, n]) => `${n} ${state}`);
    line(text.join(", "), waiting === 0);
    if (waiting === 0) return view;
    await sleep(pollMs, undefined, { signal });
  }
}

const sentText = (sent: number, problems: number): string =>
  `${sent} pictures sent${problems > 0 ? `, ${problems} left out` : ""}`;

function remarkText({ source, sku, state, failure, verdict }: Remark): string {
  const grave = verdict?.findings.filter(({ grade }) => grade !== "note").map(({ message }) => message) ?? [];
  return `  ${state}: ${source} of ${sku}: ${failure?.message ?? grave.join("; ")}`;
}

/** On a terminal the line is written over; in a file only what stays is written. */
function statusLine({ stderr }: Terminal): (text: string, last?: boolean) => void {
  return (text, last = false) => {
    if (stderr.isTTY) stderr.write(`\r\x1b[K${text}${last ? "\n" : ""}`);
    else if (last) stderr.write(`${text}\n`);
  };
}
