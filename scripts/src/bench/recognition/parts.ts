import { InvariantError } from "@tillsight/contracts";
import type { BenchContext } from "./context.js";
import type { Condition } from "./degrade.js";
import { foldEmbedders, shippedEmbedders, type TestedEmbedder } from "./embedders.js";
import { measureOpenSet } from "./open-set.js";
import { openSetSection } from "./open-set-section.js";
import { type PhotoSet, readGrocery, thinned } from "./photos.js";
import { hasReference, mobileNet } from "./reference.js";
import { measureRetrieval } from "./retrieval.js";
import { type Compared, retrievalSection } from "./retrieval-section.js";
import { measureRobustness } from "./robustness.js";
import { robustnessSection } from "./robustness-section.js";
import type { PageSection } from "./section.js";
import { measureShopPhotos } from "./shop-photos/measure.js";
import { shopPhotosSection } from "./shop-photos/section.js";
import { measureSpeed } from "./speed/measure.js";
import { speedSection } from "./speed/section.js";
import { measureStoreReferences } from "./store-references/measure.js";
import { storeReferencesSection } from "./store-references/section.js";
import type { TrayPlan } from "./trays/compose.js";
import { cutOutGoods, virtualGoods } from "./trays/goods.js";
import { measureTrays, openDetectors } from "./trays/measure.js";
import { trayPlans } from "./trays/plans.js";
import { traysSection } from "./trays/section.js";
import { virtualPhotos } from "./virtual-photos.js";

/** Photos of each class with `--quick`. */
const QUICK_PHOTOS = 8;
/** Crops of each of the virtual lane's goods. */
const VIRTUAL_PHOTOS = 14;
/** What the reference network, which takes several times as long, is asked about. */
const COMPARED = new Set([
  "side covered 30 %",
  "middle covered 30 %",
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

function photos(context: BenchContext, { dataDir }: Sources): PhotoSet {
  const set = readGrocery(dataDir);
  return context.quick ? thinned(set, QUICK_PHOTOS) : set;
}

/** The reference network, where there is one: without it our own figures still stand. */
function rivalIn(context: BenchContext, { modelsDir }: Sources): TestedEmbedder | undefined {
  if (hasReference(modelsDir, "embedder")) return mobileNet(modelsDir, context.cache.dir);
  context.say(`${modelsDir} has no MobileNetV2 to compare with: see --models`);
  return undefined;
}

/** One fold is enough for a look. */
const foldsOf = (context: BenchContext): TestedEmbedder[] =>
  context.quick ? foldEmbedders().slice(0, 1) : foldEmbedders();

async function retrieval(context: BenchContext, sources: Sources): Promise<PageSection> {
  const set = photos(context, sources);
  const folds = foldsOf(context);
  const ours = [];
  for (const fold of folds) ours.push(...(await measureRetrieval(context, set, fold, [fold])));
  const rival = rivalIn(context, sources);
  const reference = rival ? await measureRetrieval(context, set, rival, folds) : [];
  const virtual = context.quick ? undefined : await virtualRetrieval(context, rival);
  return retrievalSection(
    { ours, reference },
    set,
    folds.map(({ heldOut }) => heldOut.size),
    virtual,
  );
}

/** Drawn goods beside photographs: every one of them is a class that no training has seen. */
async function virtualRetrieval(
  context: BenchContext,
  rival: TestedEmbedder | undefined,
): Promise<Compared | undefined> {
  const set = virtualPhotos(virtualGoods.items.length, VIRTUAL_PHOTOS);
  const unseen = (tested: TestedEmbedder) => ({
    ...tested,
    heldOut: new Set(set.classes.map(({ id }) => id)),
  });
  const [ours] = shippedEmbedders().map(unseen);
  if (!ours) return undefined;
  const reference = rival ? await measureRetrieval(context, set, unseen(rival), [unseen(rival)]) : [];
  return { ours: await measureRetrieval(context, set, ours, [ours]), reference };
}

async function openSet(context: BenchContext, sources: Sources): Promise<PageSection> {
  return openSetSection(await measureOpenSet(context, photos(context, sources), foldsOf(context)));
}

async function storeReferences(context: BenchContext, sources: Sources): Promise<PageSection> {
  const set = readGrocery(sources.dataDir);
  return storeReferencesSection(await measureStoreReferences(context, set, foldsOf(context)));
}

async function robustness(context: BenchContext, sources: Sources): Promise<PageSection> {
  const set = photos(context, sources);
  const folds = foldsOf(context);
  const ours = [];
  for (const fold of folds) ours.push(...(await measureRobustness(context, set, fold, [fold])));
  const rival = rivalIn(context, sources);
  const options = { only: ({ name }: Condition) => COMPARED.has(name), everyClass: true };
  const compared = rival ? await measureRobustness(context, set, rival, folds, options) : [];
  return robustnessSection(ours, compared);
}

/** Trays of each size and crowding, of the virtual lane's goods and of each fold's cut-outs. */
const TRAYS = 12;
const THREADS = 2;

const plansOf = (context: BenchContext, each: number): TrayPlan[] =>
  context.quick ? trayPlans(1, [5, 10]) : trayPlans(each);

async function virtualTrays(context: BenchContext): Promise<PageSection> {
  const detectors = await openDetectors(THREADS);
  const [tested] = shippedEmbedders();
  const goods = context.quick ? { ...virtualGoods, items: virtualGoods.items.slice(0, 12) } : virtualGoods;
  if (!tested) throw new InvariantError("there is no embedder beside the detector");
  const embedder = await tested.open();
  try {
    const plans = plansOf(context, TRAYS);
    const measured = await measureTrays(context, "virtual trays", goods, plans, detectors, embedder);
    return traysSection(
      "virtual-trays",
      "Trays of the virtual lane's goods",
      "recognition-virtual-trays.svg",
      {
        name: "virtual lane",
        about: `${goods.items.length} products of the virtual lane, which no training has seen, each enrolled from five photos on a plain sheet, through the networks that ship. 30 % of the goods are repeats. Look-alikes are in on purpose: two apples, four round yellow to orange fruits, four brown breads.`,
        ...measured,
        names: new Map(virtualGoods.items.map(({ product }) => [product.sku, product.name])),
      },
    );
  } finally {
    await detectors.close();
    await embedder.close();
  }
}

/** With what ships alone: of the folds' classes its detector has seen some. */
async function photoTrays(context: BenchContext, { dataDir }: Sources): Promise<PageSection> {
  const set = readGrocery(dataDir);
  const detectors = await openDetectors(THREADS);
  const [tested] = shippedEmbedders();
  if (!tested) throw new InvariantError("there is no embedder beside the detector");
  const embedder = await tested.open();
  try {
    const goods = cutOutGoods(set, tested.heldOut);
    const what = `trays of what ${tested.name} never saw`;
    const measured = await measureTrays(context, what, goods, plansOf(context, TRAYS), detectors, embedder);
    return traysSection(
      "photo-trays",
      "Trays of catalogue pictures held out",
      "recognition-photo-trays.svg",
      {
        name: "pictures held out",
        about: `Catalogue pictures of classes that neither embedder nor detector ever saw (${goods.items.length} products; pictures that show several pieces are left out), cut out and laid on the virtual lane's trays by its renderer. Each is enrolled from five photos of the cut-out on a plain sheet, so references and trays show the same specimen.`,
        ...measured,
        names: new Map(goods.items.map(({ product }) => [product.sku, product.name])),
      },
    );
  } finally {
    await detectors.close();
    await embedder.close();
  }
}

/** With what ships alone, as photo-trays. */
async function shopPhotos(context: BenchContext, sources: Sources): Promise<PageSection> {
  const [tested] = shippedEmbedders();
  if (!tested) throw new InvariantError("there is no embedder beside the detector");
  return shopPhotosSection(await measureShopPhotos(context, photos(context, sources), tested));
}

/** Each part measures for itself and gives its section of the page; in the page's order. */
export const parts: Readonly<Record<string, Part>> = {
  retrieval,
  "open-set": openSet,
  "store-references": storeReferences,
  robustness,
  "shop-photos": shopPhotos,
  "virtual-trays": virtualTrays,
  "photo-trays": photoTrays,
  speed: async (context, { modelsDir }) => speedSection(await measureSpeed(context, modelsDir)),
};
