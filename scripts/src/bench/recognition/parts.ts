import type { BenchContext } from "./context.js";
import { foldEmbedders, type TestedEmbedder } from "./embedders.js";
import { type Grocery, readGrocery, thinned } from "./grocery.js";
import { measureOpenSet } from "./open-set.js";
import { openSetSection } from "./open-set-section.js";
import { mobileNet } from "./reference.js";
import { measureRetrieval } from "./retrieval.js";
import { retrievalSection } from "./retrieval-section.js";
import { measureRobustness } from "./robustness.js";
import { robustnessSection } from "./robustness-section.js";
import type { PageSection } from "./section.js";

/** Photos of each class with `--quick`. */
const QUICK_PHOTOS = 12;
/** What the reference network, which takes several times as long, is asked about. */
const COMPARED = new Set([
  "occlusion 30 %",
  "light x 0.5",
  "rotation 180°",
  "rotation 90°",
  "noise 25",
  "JPEG 30",
]);

export interface Sources {
  /** GroceryStoreDataset. */
  readonly dataDir: string;
  /** Reference networks. */
  readonly modelsDir: string;
}

type Part = (context: BenchContext, sources: Sources) => Promise<PageSection>;

function photos(context: BenchContext, { dataDir }: Sources): Grocery {
  const grocery = readGrocery(dataDir);
  return context.quick ? thinned(grocery, QUICK_PHOTOS) : grocery;
}

/** One fold is enough for a look. */
const foldsOf = (context: BenchContext): TestedEmbedder[] =>
  context.quick ? foldEmbedders().slice(0, 1) : foldEmbedders();

async function retrieval(context: BenchContext, sources: Sources): Promise<PageSection> {
  const grocery = photos(context, sources);
  const folds = foldsOf(context);
  const ours = [];
  for (const fold of folds) ours.push(...(await measureRetrieval(context, grocery, fold, [fold])));
  const reference = await measureRetrieval(
    context,
    grocery,
    mobileNet(sources.modelsDir, context.cache.dir),
    folds,
  );
  return retrievalSection(
    { ours, reference },
    grocery,
    folds.map(({ heldOut }) => heldOut.size),
  );
}

async function openSet(context: BenchContext, sources: Sources): Promise<PageSection> {
  return openSetSection(await measureOpenSet(context, photos(context, sources), foldsOf(context)));
}

async function robustness(context: BenchContext, sources: Sources): Promise<PageSection> {
  const grocery = photos(context, sources);
  const folds = foldsOf(context);
  const ours = [];
  for (const fold of folds) ours.push(...(await measureRobustness(context, grocery, fold, [fold])));
  const rival = mobileNet(sources.modelsDir, context.cache.dir);
  const compared = await measureRobustness(context, grocery, rival, folds, ({ name }) => COMPARED.has(name));
  return robustnessSection(ours, compared);
}

/** Each part measures for itself and gives its section of the page; in the page's order. */
export const parts: Readonly<Record<string, Part>> = {
  retrieval,
  "open-set": openSet,
  robustness,
};
