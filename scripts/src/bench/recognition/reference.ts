import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InvalidInputError } from "@tillsight/contracts";
import { embeddersIn, shippedEmbedders, type TestedEmbedder } from "./embedders.js";
import { withUnitOutput } from "./onnx/rewrite.js";

/** The reference networks that figures are compared with; none of them is part of the product. */
export const referenceFiles = {
  embedder: "mobilenet-v2-1.0-224-imagenet.onnx",
  yolox: "yolox-nano-416-coco.onnx",
  nanodet: "nanodet-m-320-coco.onnx",
} as const;

export const hasReference = (dir: string, which: keyof typeof referenceFiles): boolean =>
  existsSync(join(dir, referenceFiles[which]));

/** @throws InvalidInputError that says which file is missing and what it is. */
export function referenceFile(dir: string, which: keyof typeof referenceFiles): string {
  const path = join(dir, referenceFiles[which]);
  if (existsSync(path)) return path;
  throw new InvalidInputError(
    `the reference network ${path} is missing`,
    "Name a folder that has it with --models DIR: MobileNetV2 1.0 224 (ImageNet), YOLOX-Nano 416 and NanoDet-m 320 (COCO) as ONNX files, all Apache-2.0.",
  );
}

/**
 * MobileNetV2, made to end in a vector of length 1 and given a manifest, so that it goes through the very same
 * letterbox, embedder, index and decision as ours. Kept in `cacheDir`.
 */
export function mobileNet(modelsDir: string, cacheDir: string): TestedEmbedder {
  const folder = join(cacheDir, "mobilenet-v2");
  const bytes = withUnitOutput(readFileSync(referenceFile(modelsDir, "embedder")));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "mobilenet-v2.onnx"), bytes);
  const [ours] = shippedEmbedders();
  const manifest = {
    ...ours?.manifest,
    ...{ id: "mobilenet-v2", version: "1.0", file: "mobilenet-v2.onnx", bytes: bytes.length },
    sha256: createHash("sha256").update(bytes).digest("hex"),
    ...{ licence: "Apache-2.0", source: "google-coral/test_data", embeddingSize: 1280, metrics: {} },
    // What our scores mean says nothing about those of another network.
    calibration: undefined,
    input: {
      ...{ name: "input", width: 224, height: 224, layout: "NCHW", channels: "RGB", letterbox: 114 },
      // (v - 127) x 0.00784314, as the network was trained.
      ...{ mean: [127, 127, 127], std: [127.5, 127.5, 127.5] },
    },
    output: { name: "features_unit" },
    training: { command: "none: a reference", data: "ImageNet", seed: 0 },
  };
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
  const [reference] = embeddersIn(folder);
  if (!reference) throw new InvalidInputError(`no manifest was written to ${folder}`, "Is the disk full?");
  return reference;
}
