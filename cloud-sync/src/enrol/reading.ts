import type { Box } from "@tillsight/contracts";
import {
  crop,
  type Detection,
  type Detector,
  type Embedder,
  likelihoodOf,
  mainSubject,
  type Picture,
  type PrintJudge,
} from "@tillsight/models";
import { PhotoRefusedError } from "../errors.js";
import { decodePhoto } from "./decode.js";
import { measureArtificial } from "./quality/artificial.js";
import { type Exposure, exposure } from "./quality/exposure.js";
import { part, toGray } from "./quality/gray.js";
import { artificialLikelihood } from "./quality/likelihood.js";
import { sharpness } from "./quality/sharpness.js";

/** What a photo shows, and its embedding. */
export interface PhotoReading {
  /** Of the upright picture as it was looked at, pixels. */
  readonly width: number;
  readonly height: number;
  /** The main subject; null when nothing was detected and the picture was taken whole. */
  readonly box: Box | null;
  /** Of everything that was detected, the main subject's included. */
  readonly boxes: readonly Box[];
  /** L2-normalised, of the embedder's length. */
  readonly vector: Float32Array;
  readonly sharpness: number;
  readonly exposure: Exposure;
  /** See `artificialLikelihood`; higher where the network for pictures of goods is sure that it shows one. */
  readonly artificial: number;
  /** Spent inside ONNX Runtime, ms: what the rest is measured against. */
  readonly inferenceMs: number;
}

/** Looks at photos. */
export interface PhotoReader {
  /** Of its vectors. */
  readonly embedderId: string;
  /** @param bytes JPEG, PNG or WebP. @throws PhotoRefusedError */
  read(bytes: Uint8Array): Promise<PhotoReading>;
}

type Eye = Pick<Detector, "detect"> & Partial<Pick<Detector, "rawTime">>;
type Judge = Pick<PrintJudge, "judge" | "notice"> & Partial<Pick<PrintJudge, "rawTime">>;
type Hand = Pick<Embedder, "embed" | "info"> & Partial<Pick<Embedder, "rawTime">>;

/**
 * The lane's own detector, crop and embedder, so that a reference made here meets what the lane's camera sees.
 * A picture in which nothing is detected is taken whole: shop pictures often show the item cut out.
 * @param judge left out or null, a photographed print or screen is known by its measures alone.
 */
export function photoReader(detector: Eye, embedder: Hand, judge?: Judge | null): PhotoReader {
  const all = [detector, embedder, ...(judge ? [judge] : [])];
  const raw = () => all.reduce((sum, network) => sum + (network.rawTime?.().ms ?? 0), 0);
  return {
    embedderId: embedder.info.id,
    async read(bytes) {
      const picture = await decodePhoto(bytes);
      const before = raw();
      const found = await detector.detect(picture, { doubtful: true });
      const subject = mainSubject(picture, found);
      // Where goods are all over the picture, what was doubted is part of what makes it so.
      const certain = subject ? found.filter((one) => one === subject || !one.doubtful) : found;
      const [vector] = await embedder.embed([subject ? crop(picture, subject.box) : picture]);
      if (!vector)
        throw new PhotoRefusedError("the picture gave no embedding", "Take another picture of the item.");
      const measured = measure(picture, subject, certain);
      const artificial = Math.max(measured.artificial, await pictured(picture, judge));
      return { ...measured, artificial, vector, inferenceMs: raw() - before };
    },
  };
}

/**
 * How likely the whole photo is one of paper or of a screen, 0 below the network's limit. The measures know files that
 * never were a photo; a print or a screen that was photographed has a camera's grain, and is the network's business.
 */
async function pictured(picture: Picture, judge: Judge | null | undefined): Promise<number> {
  if (!judge) return 0;
  const [look] = await judge.judge(picture, [{ x: 0, y: 0, w: picture.width, h: picture.height }]);
  const likelihood = look ? likelihoodOf(look.logOdds) : 0;
  return likelihood >= judge.notice ? likelihood : 0;
}

function measure(picture: Picture, subject: Detection | undefined, found: readonly Detection[]) {
  const { width, height } = picture;
  const gray = toGray(picture);
  const shown = subject ? part(gray, subject.box) : gray;
  return {
    ...{ width, height, box: subject?.box ?? null, boxes: found.map(({ box }) => box) },
    ...{ sharpness: sharpness(shown), exposure: exposure(shown) },
    artificial: artificialLikelihood(measureArtificial(picture, gray)),
  };
}
