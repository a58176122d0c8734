import { parseArgs } from "node:util";
import { describeError, InvalidInputError, StoppedError } from "@tillsight/contracts";
import type { BenchContext } from "./bench/recognition/context.js";
import { foldEmbedders } from "./bench/recognition/embedders.js";
import { readGrocery, thinned } from "./bench/recognition/grocery.js";
import { measureOpenSet } from "./bench/recognition/open-set.js";
import { openSetSection } from "./bench/recognition/open-set-section.js";
import type { PageSection } from "./bench/recognition/section.js";
import { benchCache } from "./bench/recognition/vectors.js";

const usage = `npm run bench:recognition -- [options]

Measures recognition on shop photographs and composed trays.

  --quick       smaller samples and fewer draws, for a look
  --only NAMES  some of open-set, with commas between
  --data DIR    GroceryStoreDataset with pictures.csv and classes.csv (default ../shared/data/grocery)
  --seed N      of every draw by chance (default 1)
  --fresh       compute embeddings again, whatever the cache holds
`;

const options = {
  quick: { type: "boolean", default: false },
  only: { type: "string" },
  data: { type: "string", default: "../shared/data/grocery" },
  seed: { type: "string", default: "1" },
  fresh: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

function parseOptions() {
  try {
    return parseArgs({ options }).values;
  } catch (cause) {
    throw new InvalidInputError(describeError(cause), "See npm run bench:recognition -- --help.", { cause });
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
  const grocery = values.quick ? thinned(readGrocery(values.data), 12) : readGrocery(values.data);
  const sections: PageSection[] = [openSetSection(await measureOpenSet(context, grocery, foldEmbedders()))];
  for (const { title, text, targets } of sections) {
    process.stdout.write(`\n## ${title}\n\n${text}\n\n`);
    for (const t of targets)
      process.stdout.write(`${t.met ? "met    " : "NOT met"} ${t.what}: ${t.measured} (${t.target})\n`);
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`bench:recognition: ${describeError(error)}\n`);
    process.exit(1);
  },
);
