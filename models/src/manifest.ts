import { z } from "zod";
import { DecisionCalibration } from "./calibration.js";
import { InvalidManifestError } from "./errors.js";

const PerChannel = z.tuple([z.number(), z.number(), z.number()]);
const Side = z.int().min(16).max(4096);
const Cosine = z.number().min(-1).max(1);

/** Pixels (0..255) become `(value - mean) / std`, channel by channel; `letterbox` (0..255) fills what the picture leaves. */
const Input = z.strictObject({
  name: z.string().min(1),
  width: Side,
  height: Side,
  layout: z.literal("NCHW"),
  channels: z.literal("RGB"),
  mean: PerChannel,
  std: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]),
  letterbox: z.int().min(0).max(255),
});

/** How the weights came about: enough to make them again. */
const Training = z.looseObject({
  command: z.string().min(1),
  data: z.union([z.string().min(1), z.looseObject({}), z.array(z.unknown())]),
  seed: z.int(),
});

const common = {
  /** What people and settings call it; with the weights' checksum it is `networkId`. */
  id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,47}$/, "1 to 48 letters, digits, dots, dashes or underscores"),
  version: z.string().min(1).max(32),
  /** Beside the manifest: a name, never a path. */
  file: z.string().regex(/^[A-Za-z0-9._-]+\.onnx$/, "the name of an .onnx file beside the manifest"),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "64 lower-case hexadecimal digits"),
  bytes: z.int().positive(),
  licence: z.string().min(1),
  source: z.string().min(1),
  input: Input,
  /** Of the tensor that is read. */
  output: z.strictObject({ name: z.string().min(1) }),
  /** What was measured, on data the network was not trained on. */
  metrics: z.record(z.string(), z.number()),
  training: Training,
};

/** Output: 1 x N x 5 of centre x, centre y, width, height (pixels of the input) and score 0..1. */
export const DetectorManifest = z.strictObject({
  ...common,
  kind: z.literal("detector"),
  input: z.strictObject({
    ...Input.shape,
    /** More widths and heights that the graph takes: each picture is looked at in the one that shows it largest. */
    shapes: z
      .array(z.tuple([Side, Side]))
      .min(1)
      .max(8)
      .optional(),
  }),
  thresholds: z.strictObject({
    /** Boxes that score at least this are goods. */
    score: z.number().min(0).max(1),
    /** Boxes that score at least this are doubtful; left out, there are none. */
    doubt: z.number().min(0).max(1).optional(),
    /** Of two boxes that overlap more (intersection over union), the better one stays. */
    nmsIou: z.number().min(0).max(1),
  }),
});
export type DetectorManifest = z.infer<typeof DetectorManifest>;

/** Output: N x `embeddingSize`, each row of length 1. Thresholds are cosine similarities, calibrated on held-out data. */
export const EmbedderManifest = z.strictObject({
  ...common,
  kind: z.literal("embedder"),
  embeddingSize: z.int().min(8).max(4096),
  thresholds: z
    .strictObject({
      /** At least this is a match when the runner-up is `margin` behind. */
      match: Cosine,
      /** Below this a reference says nothing. */
      ambiguous: Cosine,
      margin: z.number().min(0).max(2),
    })
    .refine((t) => t.ambiguous <= t.match, { message: "must not be above match", path: ["ambiguous"] }),
  /** Turns similarities into probabilities; without it, decisions rest on `thresholds` alone. */
  decision: DecisionCalibration.optional(),
});
export type EmbedderManifest = z.infer<typeof EmbedderManifest>;

/** What a crop may show: the thing itself, or a picture of it on paper, on a screen or on a label stuck to something else. */
export const lookKinds = ["real", "print", "screen", "label"] as const;

/** Output: N x 4 logits in the order of `lookKinds`. */
export const PrintManifest = z.strictObject({
  ...common,
  kind: z.literal("print"),
  /** Share of a box's longer side that is looked at around it: paper's rim and a screen's frame lie outside the picture. */
  margin: z.number().min(0).max(1),
  /** Probability of a picture = 1 / (1 + exp(-(scale * x + shift))), x = log of the odds that the logits give. */
  calibration: z.strictObject({ scale: z.number().positive(), shift: z.number() }),
  thresholds: z.strictObject({
    /** From this probability on people are told; fitted so that few honest goods reach it. */
    notice: z.number().gt(0).lt(1),
  }),
});
export type PrintManifest = z.infer<typeof PrintManifest>;

export const ModelManifest = z.discriminatedUnion("kind", [
  DetectorManifest,
  EmbedderManifest,
  PrintManifest,
]);
export type ModelManifest = z.infer<typeof ModelManifest>;

/**
 * What stands beside every reference: weights trained anew are another network, whatever the manifest is called,
 * so vectors of two trainings never meet. At most 60 characters.
 */
export function networkId({ id, sha256 }: Pick<ModelManifest, "id" | "sha256">): string {
  return `${id}@${sha256.slice(0, 11)}`;
}

/**
 * Reads a manifest's text.
 * @param path only names it in the error.
 * @throws InvalidManifestError naming each wrong field.
 */
export function parseManifest(text: string, path: string): ModelManifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new InvalidManifestError(path, "it is not JSON", { cause });
  }
  const result = ModelManifest.safeParse(json);
  if (result.success) return result.data;
  const problems = result.error.issues.map((i) => `${i.path.join(".") || "manifest"}: ${i.message}`);
  throw new InvalidManifestError(path, problems.join("; "));
}
