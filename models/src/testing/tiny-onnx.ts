import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DetectorManifest, EmbedderManifest, PrintManifest } from "../manifest.js";
import { block, int } from "./protobuf.js";

/** Field numbers are those of onnx.proto3 (ModelProto, GraphProto, NodeProto, TensorProto, ValueInfoProto). */
const FLOAT = 1;
const INT64 = 7;

function tensor(name: string, dims: number[], values: Float32Array | BigInt64Array): number[] {
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const type = values instanceof Float32Array ? FLOAT : INT64;
  return [...dims.flatMap((d) => int(1, d)), ...int(2, type), ...block(8, name), ...block(9, raw)];
}

function valueInfo(name: string, dims: (number | string)[]): number[] {
  const shape = dims.flatMap((d) => block(1, typeof d === "number" ? int(1, d) : block(2, d)));
  return [...block(1, name), ...block(2, block(1, [...int(1, FLOAT), ...block(2, shape)]))];
}

function node(op: string, inputs: string[], output: string): number[] {
  return [...inputs.flatMap((i) => block(1, i)), ...block(2, output), ...block(4, op)];
}

function model(nodes: number[][], initializers: number[][], input: number[], output: number[]): Uint8Array {
  const graph = [
    ...nodes.flatMap((n) => block(1, n)),
    ...block(2, "tiny"),
    ...initializers.flatMap((t) => block(5, t)),
    ...block(11, input),
    ...block(12, output),
  ];
  return Uint8Array.from([...int(1, 8), ...block(7, graph), ...block(8, int(2, 13))]);
}

/**
 * A detector that sees the same boxes in every picture: rows of (cx, cy, w, h, score) in pixels of the input, which has
 * one size, or any.
 */
export function tinyDetector(side: number | "any", rows: number[][]): Uint8Array {
  const sides = side === "any" ? ["H", "W"] : [side, side];
  return model(
    [
      node("GlobalAveragePool", ["images"], "mean"),
      node("Flatten", ["mean"], "flat"),
      node("MatMul", ["flat", "zeros"], "nothing"),
      node("Add", ["constant", "nothing"], "boxes"),
    ],
    [
      tensor("zeros", [3, 5], new Float32Array(15)),
      tensor("constant", [1, rows.length, 5], Float32Array.from(rows.flat())),
    ],
    valueInfo("images", [1, 3, ...sides]),
    valueInfo("boxes", [1, rows.length, 5]),
  );
}

/** An embedder of 8 numbers: the mean red, green and blue of the crop and five zeros, made of length 1. */
export function tinyEmbedder(
  side: number,
  options: { batch?: number; normalise?: boolean } = {},
): Uint8Array {
  const weights = new Float32Array(24);
  for (let i = 0; i < 3; i++) weights[i * 8 + i] = 1;
  const last = options.normalise === false ? "Identity" : "LpNormalization";
  return model(
    [
      node("GlobalAveragePool", ["images"], "mean"),
      node("Flatten", ["mean"], "flat"),
      node("MatMul", ["flat", "weights"], "sum"),
      node(last, ["sum"], "embedding"),
    ],
    [tensor("weights", [3, 8], weights)],
    valueInfo("images", [options.batch ?? "N", 3, side, side]),
    valueInfo("embedding", [options.batch ?? "N", 8]),
  );
}

/** A judge of pictures whose logits are 0 for the thing itself and the mean red, green and blue for the carriers. */
export function tinyPrint(side: number): Uint8Array {
  const weights = new Float32Array(12);
  for (let i = 0; i < 3; i++) weights[i * 4 + i + 1] = 1;
  return model(
    [
      node("GlobalAveragePool", ["images"], "mean"),
      node("Flatten", ["mean"], "flat"),
      node("MatMul", ["flat", "weights"], "logits"),
    ],
    [tensor("weights", [3, 4], weights)],
    valueInfo("images", ["N", 3, side, side]),
    valueInfo("logits", ["N", 4]),
  );
}

function common(id: string, file: string, bytes: Uint8Array, side: number) {
  return {
    id,
    version: "1",
    file,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    bytes: bytes.length,
    licence: "Apache-2.0",
    source: "written by a test",
    input: {
      name: "images",
      width: side,
      height: side,
      layout: "NCHW" as const,
      channels: "RGB" as const,
      mean: [0, 0, 0] as [number, number, number],
      std: [255, 255, 255] as [number, number, number],
      letterbox: 114,
    },
    metrics: { recallAt1: 0.5 },
    training: { command: "none", data: "none", seed: 1 },
  };
}

export function detectorManifest(bytes: Uint8Array, side: number): DetectorManifest {
  return {
    ...common("tiny-detector", "detector.onnx", bytes, side),
    kind: "detector",
    output: { name: "boxes" },
    thresholds: { score: 0.4, nmsIou: 0.5 },
  };
}

export function embedderManifest(bytes: Uint8Array, side: number): EmbedderManifest {
  return {
    ...common("tiny-embedder", "embedder.onnx", bytes, side),
    kind: "embedder",
    output: { name: "embedding" },
    embeddingSize: 8,
    thresholds: { match: 0.8, ambiguous: 0.6, margin: 0.05 },
  };
}

export function printManifest(bytes: Uint8Array, side: number): PrintManifest {
  return {
    ...common("tiny-print", "print.onnx", bytes, side),
    kind: "print",
    output: { name: "logits" },
    margin: 0.15,
    calibration: { scale: 2, shift: -1 },
    thresholds: { notice: 0.9 },
  };
}

/** Puts a manifest and its weights into a folder. */
export async function writeModel(
  folder: string,
  manifest: object,
  file: string,
  bytes: Uint8Array,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, file), bytes);
  await writeFile(join(folder, file.replace(".onnx", ".json")), JSON.stringify(manifest));
}
