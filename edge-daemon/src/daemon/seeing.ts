import { join } from "node:path";
import { describeError } from "@tillsight/contracts";
import { SicsScale } from "../adapters/scale/index.js";
import type { Catalog } from "../catalog/index.js";
import { decisionKey, inWords } from "../domain/recognition/index.js";
import type { Scale } from "../ports/scale.js";
import {
  createBarcodeReader,
  type PictureCheck,
  Recogniser,
  type RecogniserHooks,
  recogniserSettings,
} from "../recognition/index.js";
import type { Assembly } from "./assembly.js";
import { scaleHealth } from "./health-parts.js";
import type { Lane } from "./lane.js";
import { staleAfter } from "./stale-after.js";
import type { SuspectedPictures } from "./suspected-pictures.js";
import { TraceLog } from "./trace-log.js";
import type { TrayPicture } from "./tray-picture.js";
import type { UnknownBarcodes } from "./unknown-barcodes.js";

/** Why recognition does not decide at the moment, for the people in front of it. */
export class RecognitionTrouble {
  now: { text: string; fix: string } | null = null;
}

/** What recognition leaves for people to see, beside the tray's state. */
export interface Sight {
  readonly picture: TrayPicture;
  readonly failing: RecognitionTrouble;
  readonly barcodes: UnknownBarcodes;
  readonly suspects: SuspectedPictures;
}

/** The check for pictures of goods, as far as it is there and switched on. */
function pictureCheck({ config, deps }: Assembly): PictureCheck | undefined {
  const { print } = deps.networks;
  if (!print || !config.recognition.pictures) return undefined;
  return { judge: print, notice: config.recognition.pictureNotice ?? print.notice };
}

function hooks(assembly: Assembly, { failing, barcodes, suspects }: Sight): RecogniserHooks {
  const { config, deps, metrics, progress, trouble } = assembly;
  const path = join(config.dataDir, "traces", "decisions.jsonl");
  const traces = new TraceLog(path, (error) => trouble("decision traces are not written", error));
  const alive = progress.watch("inference", staleAfter(config).inference);
  return {
    stage: (stage, ms) => metrics.stage.observe({ stage }, ms / 1000),
    progress: () => {
      failing.now = null;
      alive();
    },
    trace: (trace) => {
      for (const { id, outcome, why } of trace.items) {
        metrics.decisions.inc({ outcome: outcome.kind });
        deps.log.debug("an item was decided", {
          ...{ item: id, decision: decisionKey(outcome) },
          ...(why && { because: inWords(why) }),
        });
      }
      traces.append(trace);
    },
    barcode: ({ itemId, gtin }) => barcodes.read(itemId, gtin),
    picture: (found) => {
      metrics.suspectedPictures.inc({ carrier: found.carrier });
      suspects.found(found);
    },
    error: (error) => {
      const text = `Recognition failed: ${describeError(error)}`;
      // Said once: the next frames will most likely fail alike, many a second.
      if (failing.now?.text !== text)
        deps.log.error("a frame could not be recognised", { error: describeError(error) });
      failing.now = { text, fix: "See the log; `tillsight doctor` checks the models." };
    },
  };
}

/** The scale under the tray, where there is one. Without it selling goes on, by pictures alone. */
async function startScale({ config, deps, parts, health }: Assembly): Promise<Scale | undefined> {
  if (!config.scale) return undefined;
  const { path } = config.scale;
  const scale = new SicsScale(config.scale, deps.clock);
  await parts.begin(
    "scale",
    () => scale.start(),
    () => scale.stop(),
  );
  health.register("scale", () => scaleHealth(scale, path));
  return scale;
}

/** Starts camera and recognition; what they see goes to the lane. */
export async function startSeeing(
  assembly: Assembly,
  catalog: Catalog,
  lane: Lane,
  sight: Sight,
): Promise<void> {
  const { config, deps, parts, metrics, trouble } = assembly;
  const { camera, clock } = deps;
  const { picture, barcodes, suspects } = sight;
  const scale = await startScale(assembly);
  const recogniser = new Recogniser(
    {
      camera: picture.tapped(),
      clock,
      detector: deps.networks.detector,
      embedder: deps.networks.embedder,
      catalog,
      scale,
      prices: config.recognition.prices,
      pictures: pictureCheck(assembly),
      barcodes: config.recognition.barcodes ? await createBarcodeReader() : undefined,
      hooks: hooks(assembly, sight),
    },
    recogniserSettings(config.recognition, deps.networks.embedder.thresholds.ambiguous),
  );
  recogniser.onTray((tray) => {
    const capturedAt = picture.capturedAt();
    const present = tray.items.map(({ id }) => id);
    barcodes.onTray(present);
    suspects.onTray(present);
    const shown = lane.onTray(tray).then(() => {
      if (tray.phase === "settled") metrics.frameToLines.observe((clock.monotonic() - capturedAt) / 1000);
    });
    // A page or a product that cannot be shown must not end the lane.
    shown.catch((error: unknown) => trouble("a tray could not be shown", error));
  });
  camera.onStatus(({ state, fault, detail }) => deps.log.info("camera", { state, fault, detail }));
  await parts.begin(
    "camera",
    () => camera.start(),
    () => camera.stop(),
    5_000,
  );
  await parts.begin(
    "recognition",
    () => recogniser.start(),
    () => recogniser.stop(),
    5_000,
  );
}
