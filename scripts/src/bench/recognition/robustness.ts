import { createRandom } from "../../virtual/random.js";
import { type BenchContext, photoSamples, progress } from "./context.js";
import { type Condition, conditions, degraded } from "./degrade.js";
import { byClass, drawReferences, type Sample } from "./draws.js";
import type { TestedEmbedder } from "./embedders.js";
import type { Photo, PhotoSet } from "./photos.js";
import { Shop, skuOf } from "./shop.js";
import { embedShots, type Shot } from "./vectors.js";

const REFERENCES = 5;
const PHOTOS_EACH = 8;

/** recall@1 (0..1) of one network on the unseen classes of one fold under one condition, for each draw. */
export interface RobustnessResult {
  readonly network: string;
  readonly fold: string;
  readonly condition: string;
  readonly recalls: readonly number[];
  readonly photos: number;
}

function spoilt({ shot }: Photo, condition: Condition | undefined): Shot {
  if (!condition) return shot;
  return {
    key: `${shot.key} ${condition.name}`,
    picture: async () => degraded(await shot.picture(), condition, shot.key),
  };
}

/** A few photos of each class are asked about; references come from the others. */
function parts(set: PhotoSet, each: number): { asked: Photo[]; rest: Set<Photo> } {
  const asked: Photo[] = [];
  const rest = new Set<Photo>();
  const taken = new Map<number, number>();
  for (const photo of set.photos) {
    const n = taken.get(photo.classId) ?? 0;
    taken.set(photo.classId, n + 1);
    // Every other one, since neighbours in the list are often of the same shelf.
    if (n % 2 === 0 && n < 2 * each) asked.push(photo);
    else rest.add(photo);
  }
  return { asked, rest };
}

/** Which conditions, and the classes whose photos are embedded under them: all, or only those of the folds. */
export interface RobustnessOptions {
  readonly only?: (condition: Condition) => boolean;
  /** The reference network's vectors serve every fold, also ones to come: they are made for all classes at once. */
  readonly everyClass?: boolean;
}

interface Fold {
  readonly name: string;
  readonly heldOut: ReadonlySet<number>;
  readonly shops: readonly Shop[];
}

/** How much of the recall stays when photos are spoilt; references are always clean. */
export async function measureRobustness(
  context: BenchContext,
  set: PhotoSet,
  tested: TestedEmbedder,
  folds: readonly TestedEmbedder[],
  { only = () => true, everyClass = false }: RobustnessOptions = {},
): Promise<RobustnessResult[]> {
  const embedder = await tested.open();
  const { asked, rest } = parts(set, context.quick ? 2 : PHOTOS_EACH);
  const clean = await photoSamples(context, set, embedder);
  const references = clean.filter((_, i) => rest.has(set.photos[i] as Photo));
  const opened: Fold[] = [];
  const results: RobustnessResult[] = [];
  try {
    for (const { name, heldOut } of folds) {
      const own = references.filter(({ classId }) => heldOut.has(classId));
      opened.push({ name, heldOut, shops: await openShops(context, embedder, own) });
    }
    const wanted = asked.filter((p) => everyClass || folds.some(({ heldOut }) => heldOut.has(p.classId)));
    for (const condition of [undefined, ...conditions.filter(only)]) {
      const name = condition?.name ?? "clean";
      const shots = wanted.map((photo) => spoilt(photo, condition));
      const tell = progress(context, `${name}, ${tested.name}`);
      const vectors = await embedShots(embedder, shots, context.cache, tell, context.signal);
      const samples = wanted.map(({ classId }, i) => ({ classId, vector: vectors[i] ?? new Float32Array() }));
      results.push(...opened.map((fold) => resultOf(tested.name, name, fold, samples)));
    }
    return results;
  } finally {
    for (const { shops } of opened) for (const shop of shops) await shop.close();
    await embedder.close();
  }
}

function resultOf(
  network: string,
  condition: string,
  fold: Fold,
  samples: readonly Sample[],
): RobustnessResult {
  const own = samples.filter(({ classId }) => fold.heldOut.has(classId));
  const recalls = fold.shops.map((shop) => recallOf(shop, own));
  return { network, fold: fold.name, condition, recalls, photos: own.length };
}

async function openShops(
  context: BenchContext,
  embedder: Parameters<typeof Shop.open>[0],
  samples: readonly Sample[],
): Promise<Shop[]> {
  const shops: Shop[] = [];
  const least = Math.min(...[...byClass(samples).values()].map((group) => group.length));
  for (let draw = 0; draw < (context.quick ? 1 : 5); draw++) {
    const random = createRandom(context.seed).fork(`robustness ${draw}`);
    const { references } = drawReferences(samples, Math.min(REFERENCES, least), random);
    shops.push(
      await Shop.open(
        embedder,
        [...references].map(([classId, vectors]) => ({ sku: skuOf(classId), vectors })),
      ),
    );
  }
  return shops;
}

function recallOf(shop: Shop, asked: readonly Sample[]): number {
  const right = asked.filter(
    ({ classId, vector }) => shop.ask(vector).evidence.votes[0]?.sku === skuOf(classId),
  );
  return right.length / asked.length;
}
