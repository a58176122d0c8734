import { parseArgs } from "node:util";
import { describeError, InvalidInputError, StoppedError } from "@tillsight/contracts";
import { acceleratorsSection } from "./bench/accelerators-section.js";
import { apiSection } from "./bench/api-section.js";
import { enrolmentSection } from "./bench/enrolment-section.js";
import { hqCatalogSection } from "./bench/hq-catalog-section.js";
import { latencySection } from "./bench/latency-section.js";
import { describeMachine } from "./bench/machine.js";
import { recognitionSection } from "./bench/recognition-section.js";
import { reportText, type Section, writeReport } from "./bench/report.js";
import { indexSection, journalSection } from "./bench/store-sections.js";

const usage = `npm run bench -- [options]

Measures lane and headquarters on this machine and writes docs/benchmarks.md.

  --quick       smaller sizes, for a look; nothing is written
  --only NAMES  some of recognition, accelerators, latency, index, journal, hq-catalog, api, enrolment, with commas
                between; written only where --out says to
  --out FILE    instead of docs/benchmarks.md
`;

const options = {
  quick: { type: "boolean", default: false },
  only: { type: "string" },
  out: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
} as const;

const say = (text: string): void => void process.stderr.write(`  ${text}\n`);

function parseOptions() {
  try {
    return parseArgs({ options }).values;
  } catch (cause) {
    throw new InvalidInputError(describeError(cause), "See npm run bench -- --help.", { cause });
  }
}

async function main(): Promise<void> {
  const values = parseOptions();
  if (values.help) return void process.stdout.write(usage);
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort(new StoppedError("the benchmark")));
  const { quick, only } = values;
  const all: Record<string, () => Promise<Section> | Section> = {
    recognition: () => recognitionSection(quick ? 5 : 40, say),
    accelerators: () => acceleratorsSection(quick ? 2 : 20, say),
    latency: () => latencySection(quick ? 3 : 40, stop.signal, say),
    index: () => indexSection(quick ? [1_000] : [1_000, 10_000, 100_000], say),
    journal: () => journalSection(".tillsight", quick ? 200 : 2_000),
    "hq-catalog": () =>
      hqCatalogSection(quick ? { products: 2_000, searches: 20 } : { products: 50_000, searches: 200 }, say),
    api: () =>
      apiSection(
        {
          ...(quick ? { products: 50, seconds: 2 } : { products: 1_000, seconds: 10 }),
          engines: ["PGlite", "PostgreSQL"],
        },
        say,
      ),
    enrolment: () => enrolmentSection(quick ? 10 : 60, say),
  };
  const names = only?.split(",") ?? Object.keys(all);
  const unknown = names.find((name) => !(name in all));
  if (unknown !== undefined)
    throw new InvalidInputError(
      `there is no benchmark "${unknown}"`,
      `Choose ${Object.keys(all).join(", ")}.`,
    );
  const sections: Section[] = [];
  for (const [name, run] of Object.entries(all)) {
    if (!names.includes(name)) continue;
    say(`— ${name}`);
    sections.push(await run());
    stop.signal.throwIfAborted();
  }
  const command = only === undefined ? "npm run bench" : `npm run bench -- --only ${only}`;
  const text = reportText(describeMachine(), command, new Date().toISOString().slice(0, 10), sections);
  process.stdout.write(`\n${text}`);
  const out = values.out ?? (quick || only !== undefined ? undefined : "docs/benchmarks.md");
  if (out !== undefined) writeReport(out, text);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`bench: ${describeError(error)}\n`);
    process.exit(1);
  },
);
