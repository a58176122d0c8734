import { parseArgs } from "node:util";
import { describeError, InvalidInputError, StoppedError } from "@tillsight/contracts";
import type { BenchContext } from "./bench/recognition/context.js";
import { keep, keptSection, networksOf } from "./bench/recognition/kept.js";
import { writePage } from "./bench/recognition/page.js";
import { parts } from "./bench/recognition/parts.js";
import type { PageSection } from "./bench/recognition/section.js";
import { benchCache } from "./bench/recognition/vectors.js";

const usage = `npm run bench:recognition -- [options]

Measures recognition through the product's own code and writes docs/recognition.md with plots.

  --quick       smaller samples, one network, fewer draws: a look within two minutes; nothing is written
  --only NAMES  some of ${Object.keys(parts).join(", ")}, with commas between;
                written only where --page or --out says so
  --page        write the page, with the last results of the parts that are not measured now
  --out DIR     write recognition.md and images/ there instead of into docs
  --data DIR    GroceryStoreDataset with pictures.csv and classes.csv (default ../shared/data/grocery)
  --models DIR  reference networks (default ../shared/models)
  --seed N      of everything drawn by chance (default 1)
  --fresh       compute embeddings again, whatever the cache holds

Embeddings are kept in ${benchCache()} by the network's checksum, so that a second run is quick.
`;

const options = {
  quick: { type: "boolean", default: false },
  only: { type: "string" },
  page: { type: "boolean", default: false },
  out: { type: "string" },
  data: { type: "string", default: "../shared/data/grocery" },
  models: { type: "string", default: "../shared/models" },
  seed: { type: "string", default: "1" },
  fresh: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

function parseOptions() {
  try {
    const values = parseArgs({ options }).values;
    if (!/^\d+$/.test(values.seed)) throw new RangeError(`--seed ${values.seed} is no whole number`);
    return values;
  } catch (cause) {
    throw new InvalidInputError(describeError(cause), "See npm run bench:recognition -- --help.", { cause });
  }
}

/** The parts to measure, in the page's order. */
function chosen(only: string | undefined): string[] {
  const names = only?.split(",").filter(Boolean) ?? Object.keys(parts);
  const unknown = names.find((name) => !(name in parts));
  if (unknown !== undefined)
    throw new InvalidInputError(`there is no part "${unknown}"`, `Choose ${Object.keys(parts).join(", ")}.`);
  return Object.keys(parts).filter((name) => names.includes(name));
}

function print({ title, text, targets }: PageSection): void {
  process.stdout.write(`\n## ${title}\n\n${text}\n\n`);
  for (const t of targets) {
    const verdict = t.met === undefined ? "not measured" : t.met ? "met" : "NOT met";
    process.stdout.write(`${verdict.padEnd(13)} ${t.what}: ${t.measured} (${t.target})\n`);
  }
}

async function main(): Promise<void> {
  const values = parseOptions();
  if (values.help) return void process.stdout.write(usage);
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort(new StoppedError("the benchmark")));
  const context: BenchContext = {
    ...{ quick: values.quick, seed: Number(values.seed), signal: stop.signal },
    cache: { dir: benchCache(), fresh: values.fresh },
    say: (text) => void process.stderr.write(`  ${text}\n`),
  };
  const measured = new Map<string, PageSection>();
  for (const name of chosen(values.only)) {
    context.say(`— ${name}`);
    const section = await parts[name]?.(context, { dataDir: values.data, modelsDir: values.models });
    stop.signal.throwIfAborted();
    if (!section) continue;
    print(section);
    measured.set(
      name,
      values.quick ? section : keep(context.cache.dir, await networksOf(name), section, today()),
    );
  }
  if (values.quick) return;
  const all = values.only === undefined || values.page;
  const out = values.out ?? (all ? "docs" : undefined);
  if (out === undefined) return;
  const names = all ? Object.keys(parts) : [...measured.keys()];
  const sections: PageSection[] = [];
  for (const name of names)
    sections.push(measured.get(name) ?? keptSection(context.cache.dir, await networksOf(name), name));
  context.say(`written: ${writePage(out, sections, values.page ? [] : process.argv.slice(2))}`);
}

const today = (): string => new Date().toISOString().slice(0, 10);

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`bench:recognition: ${describeError(error)}\n`);
    process.exit(1);
  },
);
