import type { Box } from "@tillsight/contracts";
import type { DecisionCalibration } from "./calibration.js";
import type { Picture } from "./picture.js";

/** `box` in pixels of the picture that was given, clipped to it; `score` 0..1. */
export interface Detection {
  readonly box: Box;
  readonly score: number;
}

/** Execution providers of ONNX Runtime that configuration may ask for, in the order they are tried. */
export type Provider = "tensorrt" | "cuda" | "webgpu" | "cpu";

export interface NetworkInfo {
  /** Its manifest's id and the checksum of its weights: see `networkId`. */
  readonly id: string;
  /** The provider the session really runs on. */
  readonly provider: Provider;
  /** Providers that were asked for before it and why each did not work. */
  readonly refused: readonly { provider: Provider; reason: string }[];
}

export interface Detector {
  readonly info: NetworkInfo;
  /** Products on the tray after non-maximum suppression, best first. */
  detect(picture: Picture): Promise<Detection[]>;
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
