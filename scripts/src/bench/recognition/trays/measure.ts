import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sku } from "@tillsight/contracts";
import {
  analysePicture,
  analyseTray,
  embedForEnrolment,
  type HeldItem,
  parseConfig,
  recogniserSettings,
} from "@tillsight/edge-daemon";
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
import type { Scene } from "../../../virtual/scene.js";
import { type BenchContext, progress } from "../context.js";
import { Shop } from "../shop.js";
import { type ComposedTray, composeTray, type TrayPlan } from "./compose.js";
import type { TrayGoods } from "./goods.js";
import { type TrueItem, truthOf } from "./truth.js";

const REFERENCES = 5;
/** Pictures that the lane sees of each tray: under half a second of a usual camera. */
const PICTURES = 4;
/** Detections below the manifest's threshold are needed for the precision curve, down to this score. */
const LEAST_SCORE = 0.02;

/** A tray, what lies on it, and what recognition made of its picture. */
export interface TrayResult {
  readonly plan: TrayPlan;
  readonly truth: readonly TrueItem[];
  readonly found: readonly HeldItem[];
  /** Also of those below the threshold. */
  readonly detections: readonly Detection[];
}

/** The shipped detector, and the same one that says everything, for the precision curve. */
export interface BothDetectors {
  readonly shipped: Detector;
  readonly eager: Detector;
  close(): Promise<void>;
}

export async function openDetectors(threads: number): Promise<BothDetectors> {
  const folder = mkdtempSync(join(tmpdir(), "tillsight-detector-"));
  try {
    cpSync(defaultModelFolder, folder, { recursive: true });
    for (const name of readdirSync(folder).filter((n) => n.endsWith(".json"))) {
      const manifest = JSON.parse(readFileSync(join(folder, name), "utf8"));
      if (manifest.kind !== "detector") continue;
      manifest.thresholds.score = LEAST_SCORE;
      delete manifest.thresholds.doubt;
      writeFileSync(join(folder, name), JSON.stringify(manifest));
    }
    const [shipped, eager] = [await loadDetector({ threads }), await loadDetector({ folder, threads })];
    const close = async (): Promise<void> => {
      await shipped.close();
      await eager.close();
    };
    return { shipped, eager, close };
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
  detectors: BothDetectors,
  embedder: Embedder,
): Promise<MeasuredTrays> {
  const detector = detectors.shipped;
  const { shop, unfound } = await stocked(goods, detector, embedder);
  const deps = { detector, embedder, catalog: shop.catalog };
  const settings = recogniserSettings(
    parseConfig({}, "the benchmark").recognition,
    embedder.thresholds.ambiguous,
  );
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
      const shown = (scene: Scene, n: number) => renderer.render(scene, i * (PICTURES + 1) + n);
      const bare = await shown({ ...tray.scene, items: [], hand: null }, 0);
      const pictures = [];
      for (let n = 1; n <= PICTURES; n++) pictures.push(await shown(tray.scene, n));
      const last = pictures.at(-1) ?? bare;
      const found = plan.hand
        ? await analysePicture(last, deps)
        : await analyseTray(bare, pictures, deps, settings);
      const truth = await truthOf(tray, goods.load);
      results.push({ plan, truth, found, detections: await detectors.eager.detect(last) });
      tell(i + 1, plans.length);
      context.signal.throwIfAborted();
    }
  } finally {
    await shop.close();
  }
  return { results, unfound };
}
