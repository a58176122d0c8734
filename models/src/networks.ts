import type { Box } from "@tillsight/contracts";
import type { DecisionCalibration } from "./calibration.js";
import type { lookKinds } from "./manifest.js";
import type { Picture } from "./picture.js";

/** `box` in pixels of the picture that was given, clipped to it; `score` 0..1. */
export interface Detection {
  readonly box: Box;
  readonly score: number;
  /** Scores less than the detector's threshold: goods only where something else speaks for it. */
  readonly doubtful?: true;
}

export interface DetectOptions {
  /** Doubtful detections, too; default: none. */
  readonly doubtful?: boolean;
}

/** Execution providers of ONNX Runtime that configuration may ask for, in the order they are tried. */
export type Provider = "tensorrt" | "cuda" | "webgpu" | "cpu";

/** What a network runs with, and where that comes from. */
export interface Tuned {
  /** Threads of ONNX Runtime for one call. */
  readonly threads: number;
  /** Most crops in one call. */
  readonly batch: number;
  /** `set` in the settings, `measured` at this start, `kept` from an earlier one, or the `default`. */
  readonly source: "set" | "measured" | "kept" | "default";
}

export interface NetworkInfo {
  /** Its manifest's id and the checksum of its weights: see `networkId`. */
  readonly id: string;
  /** The provider the session really runs on. */
  readonly provider: Provider;
  /** Providers that were asked for before it and why each did not work. */
  readonly refused: readonly { provider: Provider; reason: string }[];
  /** Left out by networks that are scripted. */
  readonly tuned?: Tuned;
}

export interface Detector {
  readonly info: NetworkInfo;
  /** Products on the tray after non-maximum suppression, best first. */
  detect(picture: Picture, options?: DetectOptions): Promise<Detection[]>;
  /** Milliseconds spent inside ONNX Runtime so far, and calls: the reference of the pipeline's own cost. */
  rawTime(): { ms: number; calls: number };
  close(): Promise<void>;
}

export interface Embedder {
  readonly info: NetworkInfo;
  readonly size: number;
  readonly thresholds: { readonly match: number; readonly ambiguous: number; readonly margin: number };
  /** From the manifest; undefined for a network whose scores were never calibrated to probabilities. */
  readonly calibration?: DecisionCalibration | undefined;
  /** One batched call; each vector has `size` numbers and length 1. Empty in, empty out. */
  embed(crops: readonly Picture[]): Promise<Float32Array[]>;
  rawTime(): { ms: number; calls: number };
  close(): Promise<void>;
}

/** How a product's picture may be carried. */
export type PictureKind = Exclude<(typeof lookKinds)[number], "real">;

/** What one look says of one item. Log-odds, so that looks at the same item can be averaged. */
export interface PrintLook {
  /** Log of the calibrated odds that it is a picture rather than the thing itself. */
  readonly logOdds: number;
  /** If it is one, how likely each kind is; sums to 1. */
  readonly kinds: Readonly<Record<PictureKind, number>>;
}

/** Tells goods from pictures of goods: printed, on a screen, or on a label stuck to something else. */
export interface PrintJudge {
  readonly info: NetworkInfo;
  /** Probability from which people are told, from the manifest. */
  readonly notice: number;
  /** One batched call for the items at these boxes of a picture in full resolution, in their order. */
  judge(picture: Picture, boxes: readonly Box[]): Promise<PrintLook[]>;
  rawTime(): { ms: number; calls: number };
  close(): Promise<void>;
}
