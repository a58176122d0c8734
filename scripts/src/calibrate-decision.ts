import { parseArgs } from "node:util";
import { describeError, InvalidInputError, StoppedError } from "@tillsight/contracts";
import type { BenchContext } from "./bench/recognition/context.js";
import { foldEmbedders } from "./bench/recognition/embedders.js";
import { readGrocery, thinned } from "./bench/recognition/photos.js";
import { benchCache } from "./bench/recognition/vectors.js";
import { calibrate } from "./calibrate/decision/calibrate.js";
import { measuredText } from "./calibrate/decision/page.js";
import { cropFolder, readPools } from "./calibrate/decision/pools.js";
import { publish } from "./calibrate/decision/publish.js";
import { drawRounds } from "./calibrate/decision/rounds.js";

const usage = `npm run calibrate:decision -- [options]

Fits what turns similarities into probabilities, on goods that training never saw, through the lane's own index and
decision, and measures it on goods that it was not fitted to.

  --data DIR    GroceryStoreDataset with pictures.csv and classes.csv (default ../shared/data/grocery)
  --crops DIR   what models/training/write_crops.py wrote (default: its cache folder)
  --write       put the result into the manifest of the embedder that ships, and docs/recognition-decision.md;
                of each fold in models/training/folds, into its own manifest
  --quick       fewer draws, for a look; nothing is written
  --seed N      of every draw by chance (default 1)
  --fresh       compute embeddings again, whatever the cache holds
`;

const options = {
  data: { type: "string", default: "../shared/data/grocery" },
  crops: { type: "string", default: cropFolder() },
  write: { type: "boolean", default: false },
  quick: { type: "boolean", default: false },
  seed: { type: "string", default: "1" },
  fresh: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

function parseOptions() {
  try {
    return parseArgs({ options }).values;
  } catch (cause) {
    throw new InvalidInputError(describeError(cause), "See npm run calibrate:decision -- --help.", { cause });
  }
}

async function main(): Promise<void> {
  const values = parseOptions();
  if (values.help) return void process.stdout.write(usage);
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort(new StoppedError("the calibration")));
  const context: BenchContext = {
    ...{ quick: values.quick, seed: Number(values.seed), signal: stop.signal },
    cache: { dir: benchCache(), fresh: values.fresh },
    say: (text) => void process.stderr.write(`  ${text}\n`),
  };
  const grocery = values.quick ? thinned(readGrocery(values.data), 16) : readGrocery(values.data);
  const command = `npm run calibrate:decision -- --seed ${context.seed}`;
  for (const tested of foldEmbedders()) {
    const asked = await drawRounds(context, await readPools(context, grocery, values.crops, tested));
    const calibrated = calibrate(asked, command, context.say);
    process.stdout.write(
      `\n${tested.name}\n${measuredText(calibrated)}\n\n${JSON.stringify(calibrated.calibration)}\n`,
    );
    if (!values.write || values.quick) continue;
    for (const path of publish(calibrated, tested)) context.say(`written: ${path}`);
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`calibrate:decision: ${describeError(error)}\n`);
    process.exit(1);
  },
);
