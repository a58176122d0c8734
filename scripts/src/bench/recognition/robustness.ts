import { basename } from "node:path";
import { readPhoto } from "@tillsight/edge-daemon";
import { createRandom } from "../../virtual/random.js";
import { type BenchContext, photoSamples, progress } from "./context.js";
import { type Condition, conditions, degraded } from "./degrade.js";
import { byClass, drawReferences, type Sample } from "./draws.js";
import type { TestedEmbedder } from "./embedders.js";
import type { Grocery, GroceryPhoto } from "./grocery.js";
import { Shop, skuOf } from "./shop.js";
import { embedShots, fileShot, type Shot } from "./vectors.js";

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

function spoilt(photo: GroceryPhoto, condition: Condition | undefined): Shot {
  const shot = fileShot(photo.path);
  if (!condition) return shot;
  return {
    key: `${shot.key} ${condition.name}`,
    picture: async () => degraded(await readPhoto(photo.path), condition, basename(photo.path)),
  };
}

/** The first few photos of each unseen class are asked about; references come from the others. */
function parts(grocery: Grocery, heldOut: ReadonlySet<number>, each: number) {
  const asked: GroceryPhoto[] = [];
  const rest: GroceryPhoto[] = [];
  const taken = new Map<number, number>();
  for (const photo of grocery.photos) {
    if (!heldOut.has(photo.classId)) continue;
    const n = taken.get(photo.classId) ?? 0;
    taken.set(photo.classId, n + 1);
    // Every other one, since neighbours in the list are often of the same shelf.
    if (n % 2 === 0 && n < 2 * each) asked.push(photo);
    else rest.push(photo);
  }
  return { asked, rest: new Set(rest) };
}

/** How much of the recall stays when photos are spoilt; references are always clean. */
export async function measureRobustness(
  context: BenchContext,
  grocery: Grocery,
  tested: TestedEmbedder,
  folds: readonly TestedEmbedder[],
  only: (condition: Condition) => boolean = () => true,
): Promise<RobustnessResult[]> {
  const embedder = await tested.open();
  const results: RobustnessResult[] = [];
  try {
    const clean = await photoSamples(context, grocery, embedder);
    for (const fold of folds) {
      const { asked, rest } = parts(grocery, fold.heldOut, context.quick ? 2 : PHOTOS_EACH);
      const references = clean.filter((_, i) => rest.has(grocery.photos[i] as GroceryPhoto));
      const shops = await openShops(context, embedder, references);
      try {
        for (const condition of [undefined, ...conditions.filter(only)]) {
          const name = condition?.name ?? "clean";
          const vectors = await embedShots(
            embedder,
            asked.map((photo) => spoilt(photo, condition)),
            context.cache,
            progress(context, `${name}, ${tested.name} on what ${fold.name} never saw`),
            context.signal,
          );
          const recalls = shops.map((shop) => recallOf(shop, asked, vectors));
          results.push({
            network: tested.name,
            fold: fold.name,
            condition: name,
            recalls,
            photos: asked.length,
          });
        }
      } finally {
        for (const shop of shops) await shop.close();
      }
    }
  } finally {
    await embedder.close();
  }
  return results;
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

function recallOf(shop: Shop, asked: readonly GroceryPhoto[], vectors: readonly Float32Array[]): number {
  const right = asked.filter(({ classId }, i) => {
    const vector = vectors[i];
    return vector && shop.ask(vector).evidence.votes[0]?.sku === skuOf(classId);
  });
  return right.length / asked.length;
}
