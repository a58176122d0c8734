import { InvariantError } from "@tillsight/contracts";
import { embedForEnrolment } from "@tillsight/edge-daemon";
import { crop, type Detector, type Embedder, loadDetector } from "@tillsight/models";
import { createRandom } from "../../../virtual/random.js";
import { TrayRenderer } from "../../../virtual/renderer.js";
import { type BenchContext, progress } from "../context.js";
import type { Sample } from "../draws.js";
import type { TestedEmbedder } from "../embedders.js";
import type { PhotoSet } from "../photos.js";
import { skuOf } from "../shop.js";
import { composeTray } from "../trays/compose.js";
import { cutOutGoods } from "../trays/goods.js";
import { truthOf } from "../trays/truth.js";
import { recallOf } from "./recall.js";

/** Pictures of each product alone on a tray. */
const SHOWN = 12;
const DRAWS = 12;
const REFERENCES = 5;
const THREADS = 2;

/** How photos become references. */
export const ways = ["as enrolment takes them", "each cut out where there is a box", "each whole"] as const;
export type Way = (typeof ways)[number];

/** recall@1 (0..1) of what was photographed in the shop. */
export interface ShopPhotoRow {
  readonly way: Way;
  readonly otherPhotos: number;
  readonly onTray: { readonly all: number; readonly packaged: number; readonly produce: number };
}

export interface ShopPhotoResult {
  readonly photos: number;
  readonly classes: number;
  readonly trayPictures: number;
  /** Of the photos, how many enrolment takes whole. */
  readonly whole: number;
  readonly rows: readonly ShopPhotoRow[];
}

interface Taken {
  readonly classId: number;
  readonly vectors: Readonly<Record<Way, Float32Array>>;
  readonly whole: boolean;
}

async function taken(
  context: BenchContext,
  set: PhotoSet,
  held: ReadonlySet<number>,
  networks: { detector: Detector; embedder: Embedder },
): Promise<Taken[]> {
  const { detector, embedder } = networks;
  const own = set.photos.filter(({ classId }) => held.has(classId));
  const tell = progress(context, "photos taken in a shop");
  const out: Taken[] = [];
  for (const { shot, classId } of own) {
    context.signal?.throwIfAborted();
    const picture = await shot.picture();
    const enrolled = await embedForEnrolment(picture, networks);
    const [best] = await detector.detect(picture, { doubtful: true });
    const box = enrolled.box ?? best?.box;
    const [cut, whole] = await embedder.embed([box ? crop(picture, box) : picture, picture]);
    if (!cut || !whole) throw new InvariantError("the embedder gave no vector");
    const vectors = {
      "as enrolment takes them": enrolled.vector,
      "each cut out where there is a box": cut,
      "each whole": whole,
    };
    out.push({ classId, vectors, whole: !enrolled.box });
    tell(out.length, own.length);
  }
  return out;
}

/** Crops of each product's catalogue picture, alone on a tray: what the lane's camera would see of it. */
async function shownOnTray(
  context: BenchContext,
  set: PhotoSet,
  held: ReadonlySet<number>,
  embedder: Embedder,
): Promise<Sample[]> {
  const goods = cutOutGoods(set, held);
  const renderer = new TrayRenderer(context.seed, goods.load);
  const out: Sample[] = [];
  for (const { id } of set.classes) {
    const item = goods.items.find(({ product }) => product.sku === skuOf(id));
    if (!item) continue;
    for (let n = 0; n < SHOWN; n++) {
      const random = createRandom(context.seed).fork(`shop photos ${id} ${n}`);
      const tray = composeTray({ items: 1, crowding: "apart", hand: false }, [item], random);
      const [truth] = await truthOf(tray, goods.load);
      if (!truth) continue;
      const picture = await renderer.render(tray.scene, n);
      const [vector] = await embedder.embed([crop(picture, truth.box)]);
      if (vector) out.push({ classId: id, vector });
    }
  }
  return out;
}

/** Photos of classes never trained on as references: other photos, and the same goods on a tray, are asked about. */
export async function measureShopPhotos(
  context: BenchContext,
  set: PhotoSet,
  tested: TestedEmbedder,
): Promise<ShopPhotoResult> {
  const held = tested.heldOut;
  const detector = await loadDetector({ threads: THREADS });
  const embedder = await tested.open();
  try {
    const photos = await taken(context, set, held, { detector, embedder });
    const tray = await shownOnTray(context, set, held, embedder);
    const packaged = new Set(set.classes.filter((c) => c.packaged).map(({ id }) => id));
    const others = photos.map(({ classId, vectors }) => ({ classId, vector: vectors["each whole"] }));
    const row = (way: Way): ShopPhotoRow => {
      const references: Sample[] = photos.map(({ classId, vectors }) => ({
        ...{ classId, vector: vectors[way] },
      }));
      const recall = (queries: readonly Sample[], same: boolean) =>
        recallOf(references, queries, same, REFERENCES, DRAWS, createRandom(context.seed));
      return {
        way,
        otherPhotos: recall(others, true),
        onTray: {
          all: recall(tray, false),
          packaged: recall(
            tray.filter(({ classId }) => packaged.has(classId)),
            false,
          ),
          produce: recall(
            tray.filter(({ classId }) => !packaged.has(classId)),
            false,
          ),
        },
      };
    };
    return {
      ...{ photos: photos.length, classes: held.size, trayPictures: tray.length },
      ...{ whole: photos.filter(({ whole }) => whole).length, rows: ways.map(row) },
    };
  } finally {
    await detector.close();
    await embedder.close();
  }
}
