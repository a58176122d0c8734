import { Box } from "@tillsight/contracts";
import { z } from "zod";

export const findingCodes = [
  "small",
  "blurred",
  "dark",
  "bright",
  "noContrast",
  "noProduct",
  "severalProducts",
  "crowded",
  "artificial",
  "duplicate",
  "lookAlike",
  "stray",
  "surplus",
  "replaces",
] as const;

/** `note`: enrolled all the same. `hold`: a person decides. `refuse`: it cannot serve. */
export const Finding = z.object({
  code: z.enum(findingCodes),
  grade: z.enum(["note", "hold", "refuse"]),
  message: z.string(),
  fix: z.string(),
});
export type Finding = z.infer<typeof Finding>;

/** Another product that the lane could take this one for. */
export const Conflict = z.object({
  sku: z.string(),
  reference: z.string(),
  /** Of that reference's picture, when there is one; see `GET /api/photos/…`. */
  photo: z.string().nullable(),
  /** Cosine of the two embeddings. */
  similarity: z.number(),
});
export type Conflict = z.infer<typeof Conflict>;

/** What was measured on a photo, and what follows from it. */
export const Verdict = z.object({
  /** Upright, pixels. */
  width: z.int(),
  height: z.int(),
  /** What was cut out, pixels of the upright picture; null when it was taken whole. */
  box: Box.nullable(),
  /** Detected on it. */
  products: z.int(),
  /** See `sharpness`. */
  sharpness: z.number(),
  /** Mean luma of what was cut out, 0..255. */
  luma: z.number(),
  /** That it is a screenshot, print or rendering rather than a photo: 0..1. */
  artificial: z.number(),
  findings: z.array(Finding),
  conflicts: z.array(Conflict),
});
export type Verdict = z.infer<typeof Verdict>;
