import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeMachine } from "../machine.js";
import { type PageSection, table } from "./section.js";

const verdict = (met: boolean | undefined): string =>
  met === undefined ? "not measured" : met ? "yes" : "**no**";

/** The page as Markdown: what was to be reached against what was, then each part. */
export function pageText(
  sections: readonly PageSection[],
  command: string,
  date: string,
  machine: string,
): string {
  const targets = sections.flatMap((s) => s.targets);
  const met = targets.filter((t) => t.met).length;
  const head = [
    "# Recognition",
    `How well goods are recognised, measured by \`${command}\` on ${date}. Machine: ${machine}. Timings vary with the machine: read the ratios.`,
    `${met} of ${targets.length} targets are met:`,
    table(
      ["what", "target", "measured", "met"],
      targets.map((t) => [t.what, t.target, t.measured, verdict(t.met)]),
    ),
  ];
  const body = sections.flatMap(({ title, text, plots }) => [
    `## ${title}`,
    ...plots.map(({ file, alt }) => `![${alt}](images/${file})`),
    text,
  ]);
  return `${[...head, ...body].join("\n\n")}\n`;
}

/** Writes the page and its plots into `folder`; returns the page's path. */
export function writePage(
  folder: string,
  sections: readonly PageSection[],
  words: readonly string[],
): string {
  const command = ["npm run bench:recognition", ...(words.length > 0 ? ["--", ...words] : [])].join(" ");
  const text = pageText(sections, command, new Date().toISOString().slice(0, 10), describeMachine());
  mkdirSync(join(folder, "images"), { recursive: true });
  for (const { file, svg } of sections.flatMap((s) => s.plots))
    writeFileSync(join(folder, "images", file), svg);
  const path = join(folder, "recognition.md");
  writeFileSync(path, text);
  return path;
}
