import { chooseReferences } from "@tillsight/models";
import { createRandom, type Random } from "../../../virtual/random.js";
import { type BenchContext, photoSamples } from "../context.js";
import { drawReferences, type Sample } from "../draws.js";
import type { TestedEmbedder } from "../embedders.js";
import { askShop, type Outcome, type Setting } from "../open-set.js";
import type { PhotoSet } from "../photos.js";
import { type Judge, type Stock, skuOf } from "../shop.js";
import { type Checked, checkAsTheyCome, checkByEye } from "./check.js";
import { mislabel } from "./spoil.js";

/** Pictures of each product, of which some are kept; two thirds of the classes have a few more to be asked about. */
export const POOL = 18;
export const KEPT = [3, 5, 8, 12] as const;
export const WRONG = [0, 0.05, 0.1] as const;
export const WITH_WRONG = [5, 10] as const;
/** Pictures of each product that others may get by mistake. */
const SPARE = 2;
const LEFT_OUT = 1 / 3;

/** One way of keeping a store's references, over all draws. */
export interface Trial {
  readonly setting: Setting;
  /** References of a product before anything is left out. */
  readonly references: number;
  /** Share of them that are of other products. */
  readonly wrong: number;
  readonly way: string;
  readonly outcomes: Outcome[];
  /** Of the wrong references, those left out; of the right ones, those left out. */
  found: number;
  ofWrong: number;
  lost: number;
  ofRight: number;
}

/** A store of one draw and what it is asked about. */
interface Store {
  readonly setting: Setting;
  readonly judge: Judge;
  readonly stock: readonly Stock[];
  readonly queries: readonly Sample[];
  readonly random: Random;
}

class Trials {
  readonly list: Trial[] = [];

  of(setting: Setting, references: number, wrong: number, way: string): Trial {
    const same = (t: Trial) =>
      t.setting === setting && t.references === references && t.wrong === wrong && t.way === way;
    const known = this.list.find(same);
    if (known) return known;
    const fresh = {
      setting,
      references,
      wrong,
      way,
      outcomes: [],
      found: 0,
      ofWrong: 0,
      lost: 0,
      ofRight: 0,
    };
    this.list.push(fresh);
    return fresh;
  }
}

function drawStore(
  judge: Judge,
  samples: readonly Sample[],
  unseen: ReadonlySet<number>,
  of: { readonly setting: Setting; readonly references: number; readonly random: Random },
): Store {
  const { setting, references, random } = of;
  const own = samples.filter(({ classId }) => setting === "among all" || unseen.has(classId));
  const classes = [...new Set(own.map(({ classId }) => classId))];
  const out = new Set(random.shuffle(classes).slice(0, Math.round(classes.length * LEFT_OUT)));
  const drawn = drawReferences(own, references, random);
  const stock = [...drawn.references].flatMap(([classId, vectors]) =>
    out.has(classId) ? [] : [{ sku: skuOf(classId), vectors }],
  );
  const queries = drawn.queries.filter(({ classId }) => unseen.has(classId));
  return { setting, judge, stock, queries, random };
}

async function tryChoosing(trials: Trials, { setting, judge, stock, queries }: Store): Promise<void> {
  const ask = async (way: string, kept: readonly Stock[]) =>
    trials.of(setting, POOL, 0, way).outcomes.push(...(await askShop(judge, kept, queries)));
  await ask("all", stock);
  for (const most of KEPT) {
    await ask(
      `${most} by chance`,
      stock.map(({ sku, vectors }) => ({ sku, vectors: vectors.slice(0, most) })),
    );
    await ask(
      `${most} chosen`,
      stock.map(({ sku, vectors }) => ({
        sku,
        vectors: chooseReferences(vectors, most).flatMap((at) => vectors.slice(at, at + 1)),
      })),
    );
  }
}

async function tryChecking(trials: Trials, references: number, store: Store): Promise<void> {
  const { setting, judge, queries, random } = store;
  const supplies = store.stock.map(({ sku, vectors }) => ({
    ...{ sku, vectors: vectors.slice(0, references), spare: vectors.slice(references) },
  }));
  for (const share of WRONG) {
    const { stock, wrong } = mislabel(supplies, share, random.fork(`${share}`));
    const ways: Record<string, Checked> = {
      "as they are": { left: new Set(), stock },
      "strays held": checkAsTheyCome(stock),
      ...(share > 0 && { "without the wrong ones": checkByEye(stock, wrong) }),
    };
    for (const [way, checked] of Object.entries(ways)) {
      const trial = trials.of(setting, references, share, way);
      trial.outcomes.push(...(await askShop(judge, checked.stock, queries)));
      for (const vector of stock.flatMap(({ vectors }) => vectors)) {
        const left = checked.left.has(vector) ? 1 : 0;
        if (wrong.has(vector)) {
          trial.ofWrong++;
          trial.found += left;
        } else {
          trial.ofRight++;
          trial.lost += left;
        }
      }
    }
  }
}

/** Stores of each fold's unseen classes, alone and among all classes; a third of the products is left out. */
export async function measureStoreReferences(
  context: BenchContext,
  set: PhotoSet,
  folds: readonly TestedEmbedder[],
): Promise<Trial[]> {
  const trials = new Trials();
  const draws = context.quick ? 1 : 8;
  for (const tested of folds) {
    const embedder = await tested.open();
    try {
      const samples = await photoSamples(context, set, embedder);
      for (const setting of ["unseen only", "among all"] as const)
        for (let draw = 0; draw < draws; draw++) {
          const random = createRandom(context.seed).fork(`store references ${setting} ${draw}`);
          const store = (references: number) =>
            drawStore(embedder, samples, tested.heldOut, {
              setting,
              references,
              random: random.fork(`${references}`),
            });
          await tryChoosing(trials, store(POOL));
          for (const references of WITH_WRONG)
            await tryChecking(trials, references, store(references + SPARE));
          context.say(`references of a store, ${tested.name}, ${setting}: draw ${draw + 1} of ${draws}`);
          context.signal.throwIfAborted();
        }
    } finally {
      await embedder.close();
    }
  }
  return trials.list;
}
