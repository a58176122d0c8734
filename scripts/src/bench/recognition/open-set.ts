import { createRandom, type Random } from "../../virtual/random.js";
import { type BenchContext, photoSamples } from "./context.js";
import { drawReferences, type Sample } from "./draws.js";
import type { TestedEmbedder } from "./embedders.js";
import type { PhotoSet } from "./photos.js";
import { type Judge, Shop, type Stock, skuOf } from "./shop.js";

/** Share of the products that the catalog leaves out, and references of each of the others. */
const LEFT_OUT = 1 / 3;
const REFERENCES = 5;

/** What the lane said of one picture. */
export interface Outcome {
  /** Whether the catalog has the product. */
  readonly known: boolean;
  readonly decision: "matched" | "ambiguous" | "conflict" | "unknown";
  /** The decision names the product that it is, as its match or among its candidates. */
  readonly holdsTruth: boolean;
  /** Probability of the best product (similarity, without a calibration) and whether it is right: for the curve. */
  readonly score: number;
  readonly bestIsTrue: boolean;
}

/** Which catalog the pictures of unseen products are asked of. */
export type Setting = "unseen only" | "among all";

export interface OpenSetDraw {
  readonly setting: Setting;
  readonly embedder: string;
  readonly outcomes: readonly Outcome[];
}

function outcomeOf(shop: Shop, { classId, vector }: Sample, known: boolean): Outcome {
  const { why, decision } = shop.ask(vector);
  const truth = skuOf(classId);
  const named =
    decision.kind === "matched"
      ? [decision.sku]
      : decision.kind === "ambiguous"
        ? decision.candidates.map((c) => c.sku)
        : [];
  const best = why.first;
  return {
    ...{ known, decision: decision.kind, holdsTruth: named.includes(truth) },
    ...{ score: best?.probability ?? best?.score ?? -1, bestIsTrue: best?.sku === truth },
  };
}

/** One draw: a third of `classes` is left out of the catalog; pictures of `asked` classes are shown to it. */
export async function openSetDraw(
  judge: Judge,
  samples: readonly Sample[],
  classes: readonly number[],
  asked: ReadonlySet<number>,
  random: Random,
): Promise<Outcome[]> {
  const own = samples.filter(({ classId }) => classes.includes(classId));
  const out = new Set(random.shuffle(classes).slice(0, Math.round(classes.length * LEFT_OUT)));
  const { references, queries } = drawReferences(own, REFERENCES, random);
  const stock = [...references].flatMap(([classId, vectors]) =>
    out.has(classId) ? [] : [{ sku: skuOf(classId), vectors }],
  );
  return askShop(
    judge,
    stock,
    queries.filter(({ classId }) => asked.has(classId)),
  );
}

/** Every picture shown to a lane's catalog with this stock. */
export async function askShop(
  judge: Judge,
  stock: readonly Stock[],
  queries: readonly Sample[],
): Promise<Outcome[]> {
  const sold = new Set(stock.map(({ sku }) => sku));
  const shop = await Shop.open(judge, stock);
  try {
    return queries.map((query) => outcomeOf(shop, query, sold.has(skuOf(query.classId))));
  } finally {
    await shop.close();
  }
}

/** Every fold's own unseen classes, several draws each, in a catalog of their own and among all classes. */
export async function measureOpenSet(
  context: BenchContext,
  set: PhotoSet,
  embedders: readonly TestedEmbedder[],
): Promise<OpenSetDraw[]> {
  const draws: OpenSetDraw[] = [];
  const count = context.quick ? 2 : 9;
  for (const tested of embedders) {
    const embedder = await tested.open();
    try {
      const samples = await photoSamples(context, set, embedder);
      const all = set.classes.map(({ id }) => id);
      const unseen = all.filter((id) => tested.heldOut.has(id));
      for (const setting of ["unseen only", "among all"] as const)
        for (let draw = 0; draw < count; draw++) {
          const random = createRandom(context.seed).fork(`open set ${setting} ${draw}`);
          const classes = setting === "among all" ? all : unseen;
          const outcomes = await openSetDraw(embedder, samples, classes, tested.heldOut, random);
          draws.push({ setting, embedder: tested.name, outcomes });
          context.say(`open set, ${tested.name}, ${setting}: draw ${draw + 1} of ${count}`);
          context.signal.throwIfAborted();
        }
    } finally {
      await embedder.close();
    }
  }
  return draws;
}
