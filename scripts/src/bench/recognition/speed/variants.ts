import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ModelManifest, ModelMissingError, readModel } from "@tillsight/models";
import { withByteConvolutions } from "../onnx/int8.js";
import { modernised, withFullWeights, withHalfWeights } from "../onnx/rewrite.js";
import { hasReference, referenceFile } from "../reference.js";

export const precisions = ["as shipped", "fp32 stored", "fp16 stored", "int8 dynamic"] as const;
export type Precision = (typeof precisions)[number];

/** One file to be measured. */
export interface Variant {
  readonly kind: "embedder" | "detector" | "print";
  readonly network: string;
  readonly precision: Precision;
  /** Ours is compared with what is not. */
  readonly ours: boolean;
  readonly path: string;
  readonly bytes: number;
  /** Of the manifest's input; null for what is not ours, whose graphs take one size. */
  readonly sides: readonly [height: number, width: number] | null;
}

const rivals = [
  { which: "embedder", kind: "embedder", network: "MobileNetV2 224", ours: false },
  { which: "yolox", kind: "detector", network: "YOLOX-Nano 416", ours: false },
  { which: "nanodet", kind: "detector", network: "NanoDet-m 320", ours: false },
] as const;

const sidesOf = ({ input }: ModelManifest) => [input.height, input.width] as const;

/** What ships is one of the others: nothing new to measure. */
const sameSize = (a: Uint8Array, b: Uint8Array): boolean => Math.abs(a.length / b.length - 1) < 0.03;

/** Our networks in each precision, and the reference networks where they are; the files lie in `folder`. */
export async function variantsIn(folder: string, modelsDir: string): Promise<Variant[]> {
  mkdirSync(folder, { recursive: true });
  const variants: Variant[] = [];
  const add = (
    of: Pick<Variant, "kind" | "network" | "ours" | "sides">,
    precision: Precision,
    bytes: Uint8Array,
  ) => {
    const path = join(folder, `${of.network}-${precision.replace(" ", "-")}.onnx`);
    writeFileSync(path, bytes);
    variants.push({ ...of, precision, path, bytes: bytes.length });
  };
  for (const kind of ["embedder", "detector"] as const) {
    const { manifest, bytes } = await readModel(kind);
    const of = { kind, network: manifest.id, ours: true, sides: sidesOf(manifest) };
    add(of, "as shipped", bytes);
    const others: [Precision, Uint8Array][] = [
      ["fp32 stored", withFullWeights(bytes)],
      ["fp16 stored", withHalfWeights(bytes)],
      ["int8 dynamic", withByteConvolutions(bytes)],
    ];
    for (const [precision, made] of others) if (!sameSize(made, bytes)) add(of, precision, made);
  }
  // The small network that tells goods from pictures of goods is small enough in full.
  const print = await readModel("print").catch((error: unknown) => {
    if (error instanceof ModelMissingError) return undefined;
    throw error;
  });
  if (print) {
    const { id } = print.manifest;
    const of = { kind: "print", network: id, ours: true, sides: sidesOf(print.manifest) } as const;
    add(of, "as shipped", print.bytes);
  }
  for (const { which, ...of } of rivals)
    if (hasReference(modelsDir, which))
      add({ ...of, sides: null }, "as shipped", modernised(readFileSync(referenceFile(modelsDir, which))));
  return variants;
}
