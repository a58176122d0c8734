import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

export interface Row {
  readonly what: string;
  readonly measured: string;
  /** What it is compared with, measured in the same run; empty where there is nothing. */
  readonly reference: string;
  readonly budget: string;
  readonly met: boolean | null;
}

export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly notes?: readonly string[];
}

const verdict = (row: Row): string => (row.met === null ? "" : row.met ? "yes" : "**no**");

function sectionText({ title, rows, notes = [] }: Section): string {
  return [
    `## ${title}`,
    "",
    "| what | measured | reference, same run | budget | met |",
    "|---|---|---|---|---|",
    ...rows.map((r) => `| ${r.what} | ${r.measured} | ${r.reference} | ${r.budget} | ${verdict(r)} |`),
    ...notes.flatMap((note) => ["", note]),
  ].join("\n");
}

/** The whole page, as `npm run bench` writes it. */
export function reportText(
  machine: string,
  command: string,
  date: string,
  sections: readonly Section[],
): string {
  const head = `# Benchmarks\n\nWritten by \`${command}\` on ${date}. Machine: ${machine}. Timings vary with the machine: read the ratios.`;
  return `${[head, ...sections.map(sectionText)].join("\n\n")}\n`;
}

/** Writes the page, making its folder when it is missing. */
export function writeReport(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
