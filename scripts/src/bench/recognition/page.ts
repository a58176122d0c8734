import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeMachine } from "../machine.js";
import { type PageSection, table } from "./section.js";

const verdict = (met: boolean | undefined): string =>
  met === undefined ? "not measured" : met ? "yes" : "**no**";

/** What people wrote between these lines stays when the page is written again. */
const [NOTES, NOTES_END] = ["<!-- notes: written by hand, kept by the command -->", "<!-- /notes -->"];

const howTo = [
  "Everything goes through the product's own code: pictures are decoded, cropped and letterboxed by it, embedded by its sessions, enrolled in a lane's catalog (SQLite and HNSW index), and decided by the lane's own rule, one picture at a time (a lane also adds up frames). *Never seen* means that the network's manifest lists the class as left out of its training, whole.",
  "`npm run bench:recognition -- --quick` is a look within two minutes, `--only` measures some parts, `--help` says the rest. It needs GroceryStoreDataset (`--data`) and the reference networks (`--models`); trays of the virtual lane's goods need neither. Embeddings are cached, so that a second run is quick.",
];

/** The notes of a page that was written before. */
export function notesOf(page: string): string {
  const [, rest] = page.split(NOTES);
  return rest?.split(NOTES_END)[0]?.trim() ?? "";
}

/** The page as Markdown: what was to be reached against what was, then each part. */
export function pageText(
  sections: readonly PageSection[],
  command: string,
  date: string,
  machine: string,
  notes = "",
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
    [NOTES, ...(notes === "" ? [] : [notes]), NOTES_END].join("\n\n"),
    "## How it is measured",
    ...howTo,
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
  const path = join(folder, "recognition.md");
  const notes = existsSync(path) ? notesOf(readFileSync(path, "utf8")) : "";
  const text = pageText(sections, command, new Date().toISOString().slice(0, 10), describeMachine(), notes);
  mkdirSync(join(folder, "images"), { recursive: true });
  for (const { file, svg } of sections.flatMap((s) => s.plots))
    writeFileSync(join(folder, "images", file), svg);
  writeFileSync(path, text);
  return path;
}
