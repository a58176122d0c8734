import { z } from "zod";
import { Gtin, Sku } from "./ids.js";

/** Axis-aligned box in pixels of the tray picture (after the region of interest): left, top, width, height. */
export const Box = z.strictObject({
  x: z.number(),
  y: z.number(),
  w: z.number().min(0),
  h: z.number().min(0),
});
export type Box = z.infer<typeof Box>;

/** A product that an item may be; `score` is the cosine similarity of its best evidence, -1..1. */
export const Candidate = z.strictObject({ sku: Sku, score: z.number() });
export type Candidate = z.infer<typeof Candidate>;

/** What recognition says of one item. It asks rather than guesses. */
export const Decision = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("matched"),
    sku: Sku,
    score: z.number(),
    by: z.enum(["picture", "barcode"]),
  }),
  z.strictObject({ kind: z.literal("ambiguous"), candidates: z.array(Candidate).min(2).max(4) }),
  /** A barcode that contradicts the picture: both are shown, a person decides. */
  z.strictObject({ kind: z.literal("conflict"), gtin: Gtin, barcodeSku: Sku, pictureSku: Sku }),
  z.strictObject({ kind: z.literal("unknown"), best: z.array(Candidate).max(4) }),
]);
export type Decision = z.infer<typeof Decision>;

const Probability = z.number().min(0).max(1);

/** One product as it was compared with an item; `probability` is null where the network was never calibrated. */
export const Compared = z.strictObject({
  sku: Sku,
  /** Its reference that came nearest in any frame. */
  referenceId: z.string(),
  /** Cosine similarity of its nearest reference, mean over the frames, -1..1. */
  score: z.number(),
  probability: Probability.nullable(),
});
export type Compared = z.infer<typeof Compared>;

/**
 * What decided: stable names, so that each page can say it in its own language. `alike`: several products are about
 * as likely; `unsure`: one is likely, but not enough for the price of a wrong line; `strange`: it looks like nothing
 * in the catalog; `picture`: it looks like a product, but is probably a picture of one; `nothing`: there is nothing
 * to compare it with.
 */
export const Because = z.enum([
  "barcode",
  "sure",
  "contradiction",
  "twoBarcodes",
  "alike",
  "unsure",
  "strange",
  "picture",
  "nothing",
]);
export type Because = z.infer<typeof Because>;

/** Why an item was called what it was called. */
export const DecisionReason = z.strictObject({
  because: Because,
  first: Compared.nullable(),
  second: Compared.nullable(),
  /** Probability that it is none of the catalog; null without calibration. */
  none: Probability.nullable(),
  /** What `first` needed to be taken without asking: a probability, or without calibration a cosine similarity. */
  needed: z.number(),
  /** Settled frames that it rests on. */
  frames: z.int().min(0),
  /** What it weighs, where a scale said so, and how many times likelier that makes `first`; null: not known of it. */
  weight: z.strictObject({ grams: z.number(), times: z.number().positive().nullable() }).optional(),
});
export type DecisionReason = z.infer<typeof DecisionReason>;

/** An item on the tray, followed across frames under one id for as long as it lies there. */
export const TrayItem = z.strictObject({
  /** Unique within the daemon's run; never reused. */
  id: z.string().min(1),
  box: Box,
  /** Detector score of the newest sighting, 0..1. */
  detection: z.number().min(0).max(1),
  /** Not seen in the newest settled frame but still believed to be there (covered by a hand or another item). */
  occluded: z.boolean(),
  decision: Decision,
  /** Left out by whoever did not decide by comparing. */
  why: DecisionReason.optional(),
});
export type TrayItem = z.infer<typeof TrayItem>;

/** `moving`: a hand or a moving item, so nothing is decided. `settled`: the items hold. */
export const TrayState = z.strictObject({
  seq: z.int().min(0),
  phase: z.enum(["cameraFault", "moving", "settled"]),
  width: z.int().min(0),
  height: z.int().min(0),
  items: z.array(TrayItem),
});
export type TrayState = z.infer<typeof TrayState>;
