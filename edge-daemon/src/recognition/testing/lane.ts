import type { Gtin, TrayState } from "@tillsight/contracts";
import type { DecisionTrace } from "../../domain/recognition/trace.js";
import type { CatalogReader } from "../../ports/catalog.js";
import { Recogniser, type RecogniserDeps } from "../recogniser.js";
import { recogniserSettings } from "../settings.js";
import type { PictureFound } from "../tray-reader.js";
import {
  draw,
  type Scene,
  ScriptedCamera,
  scriptedCatalog,
  scriptedDetector,
  scriptedEmbedder,
  scriptedJudge,
  type Thing,
} from "./scene.js";

/** Milliseconds between two frames of the scripted camera. */
const STEP = 50;

/** A recogniser on scripted networks over drawn pictures, driven frame by frame on a clock of its own. */
export class TestLane {
  readonly camera = new ScriptedCamera();
  readonly catalog: ReturnType<typeof scriptedCatalog>;
  readonly traces: DecisionTrace[] = [];
  readonly errors: unknown[] = [];
  readonly states: TrayState[] = [];
  readonly recogniser: Recogniser;
  /** What the barcode reader will read next. */
  gtins: string[] = [];
  /** Kinds of things that are pictures of themselves. */
  pictures: string[] = [];
  readonly found: PictureFound[] = [];
  #things: readonly Thing[] = [];
  /** What the detector sees besides what is drawn. */
  phantoms: readonly Thing[] = [];
  readonly detector = scriptedDetector(() => [...this.#things, ...this.phantoms]);
  /** Crops that the embedder has looked at. */
  embedded = 0;
  #at = 0;

  /** @param other parts in place of the scripted ones, made from the scripted catalog. */
  constructor(
    sold: readonly string[] = ["apple", "pear", "bread", "milk"],
    other: (catalog: CatalogReader) => Partial<RecogniserDeps> = () => ({}),
  ) {
    this.catalog = scriptedCatalog(sold);
    this.recogniser = new Recogniser(
      {
        camera: this.camera,
        detector: this.detector,
        embedder: {
          ...scriptedEmbedder,
          embed: (crops) => {
            this.embedded += crops.length;
            return scriptedEmbedder.embed(crops);
          },
        },
        catalog: this.catalog,
        clock: { monotonic: () => this.#at, now: () => new Date(this.#at) },
        pictures: { judge: scriptedJudge(() => this.pictures), notice: 0.9 },
        barcodes: { read: async () => this.gtins as Gtin[] },
        hooks: {
          trace: (t) => this.traces.push(t),
          error: (e) => this.errors.push(e),
          picture: (p) => this.found.push(p),
        },
        ...other(this.catalog),
      },
      recogniserSettings({ settleMs: 150, goneMs: 300 }, scriptedEmbedder.thresholds.ambiguous),
    );
    this.recogniser.onTray((s) => this.states.push(s));
    this.recogniser.start();
  }

  /** Shows one scene for some milliseconds. */
  async show(scene: Scene | readonly Thing[], ms = 600): Promise<TrayState> {
    const whole: Scene = "things" in scene ? scene : { things: scene };
    this.#things = whole.things;
    for (let t = 0; t < ms; t += STEP) {
      this.#at += STEP;
      await this.camera.push(draw(whole, this.#at), this.#at);
    }
    return this.recogniser.state();
  }

  /** An arm reaches over the edge and is gone again, while `during` lies there. */
  async reach(during: readonly Thing[]): Promise<void> {
    for (const depth of [40, 90, 120, 60])
      await this.show([...during, { kind: "hand", x: 140, y: 180 - depth, w: 40, h: depth }], 2 * STEP);
  }

  stop(): Promise<void> {
    return this.recogniser.stop();
  }
}

/** Items as `id kind`, sorted by place, occluded ones with a `?`. */
export function items(state: TrayState): string[] {
  return [...state.items]
    .sort((a, b) => a.box.x - b.box.x || a.box.y - b.box.y)
    .map(
      (i) =>
        `${i.id} ${i.decision.kind === "matched" ? i.decision.sku : i.decision.kind}${i.occluded ? "?" : ""}`,
    );
}
