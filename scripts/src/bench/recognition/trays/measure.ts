import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sku } from "@tillsight/contracts";
import { type AnalysedItem, analysePicture, embedForEnrolment } from "@tillsight/edge-daemon";
import {
  type Detection,
  type Detector,
  defaultModelFolder,
  type Embedder,
  loadDetector,
} from "@tillsight/models";
import { createRandom } from "../../../virtual/random.js";
import { referencePhotos } from "../../../virtual/reference-photos.js";
import { TrayRenderer } from "../../../virtual/renderer.js";
import { type BenchContext, progress } from "../context.js";
import { Shop } from "../shop.js";
import { type ComposedTray, composeTray, type TrayPlan } from "./compose.js";
import type { TrayGoods } from "./goods.js";
import { type TrueItem, truthOf } from "./truth.js";

const REFERENCES = 5;
/** Detections below the manifest's threshold are needed for the precision curve, down to this score. */
const LEAST_SCORE = 0.02;

/** A tray, what lies on it, and what recognition made of its picture. */
export interface TrayResult {
  readonly plan: TrayPlan;
  readonly truth: readonly TrueItem[];
  readonly found: readonly AnalysedItem[];
  /** Also of those below the threshold. */
  readonly detections: readonly Detection[];
}

/** The shipped detector that also remembers what it saw below its threshold; what it answers stays the same. */
export interface WatchedDetector extends Detector {
  last(): readonly Detection[];
}

/**
 * Suppression goes from the best score down, so boxes below the threshold never change what happens above it:
 * one call gives both lists.
 */
export async function watchedDetector(threads: number): Promise<WatchedDetector> {
  const folder = mkdtempSync(join(tmpdir(), "tillsight-detector-"));
  try {
    cpSync(defaultModelFolder, folder, { recursive: true });
    let threshold = LEAST_SCORE;
    for (const name of readdirSync(folder).filter((n) => n.endsWith(".json"))) {
      const manifest = JSON.parse(readFileSync(join(folder, name), "utf8"));
      if (manifest.kind !== "detector") continue;
      threshold = manifest.thresholds.score;
      manifest.thresholds.score = LEAST_SCORE;
      writeFileSync(join(folder, name), JSON.stringify(manifest));
    }
    const detector = await loadDetector({ folder, threads });
    let last: readonly Detection[] = [];
    return {
      ...detector,
      async detect(picture) {
        const found = await detector.detect(picture);
        last = found;
        return found.filter(({ score }) => score >= threshold);
      },
      last: () => last,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Trays with what was made of them, and how many of each product's enrolment photos the detector found nothing on. */
export interface MeasuredTrays {
  readonly results: readonly TrayResult[];
  readonly unfound: ReadonlyMap<Sku, number>;
}

async function stocked(goods: TrayGoods, detector: Detector, embedder: Embedder) {
  const stock: { sku: Sku; vectors: Float32Array[] }[] = [];
  const unfound = new Map<Sku, number>();
  for (const item of goods.items) {
    const { sku } = item.product;
    const vectors: Float32Array[] = [];
    for (const photo of await referencePhotos(item, REFERENCES, 1, goods.load)) {
      const view = await embedForEnrolment(photo, { detector, embedder });
      vectors.push(view.vector);
      if (!view.box) unfound.set(sku, (unfound.get(sku) ?? 0) + 1);
    }
    stock.push({ sku, vectors });
  }
  return { shop: await Shop.open(embedder, stock), unfound };
}

/** Enrols the goods from five photos each on a plain sheet, then shows the trays of `plans` to detector, embedder, index and decision. */
export async function measureTrays(
  context: BenchContext,
  what: string,
  goods: TrayGoods,
  plans: readonly TrayPlan[],
  detector: WatchedDetector,
  embedder: Embedder,
): Promise<MeasuredTrays> {
  const { shop, unfound } = await stocked(goods, detector, embedder);
  const renderer = new TrayRenderer(context.seed, goods.load);
  const tell = progress(context, what);
  const results: TrayResult[] = [];
  try {
    for (const [i, plan] of plans.entries()) {
      const tray: ComposedTray = composeTray(
        plan,
        goods.items,
        createRandom(context.seed).fork(`${what} ${i}`),
      );
      const picture = await renderer.render(tray.scene, i);
      const found = await analysePicture(picture, { detector, embedder, catalog: shop.catalog });
      const truth = await truthOf(tray, goods.load);
      results.push({ plan, truth, found, detections: detector.last() });
      tell(i + 1, plans.length);
      context.signal.throwIfAborted();
    }
  } finally {
    await shop.close();
  }
  return { results, unfound };
}
