import { z } from "zod";

/** A slope that more similarity must never turn against a product. */
const Rising = z.number().min(0).max(100);
const Slope = z.number().min(-100).max(100);
const Cosine = z.number().min(-1).max(1);

/** What a cosine similarity was in the fit: usual value, and the range outside which nothing is known. */
const Span = z
  .strictObject({ low: Cosine, usual: Cosine, high: Cosine })
  .refine(({ low, usual, high }) => low <= usual && usual <= high, "low <= usual <= high");

/**
 * From similarities to probabilities: the logit that an item is a given product, against its being none of the
 * catalog, is a weighted sum over `sharp` similarities (see `docs/recognition-decision.md`). Written by
 * `npm run calibrate:decision`, for one network: another network's similarities mean something else.
 */
export const DecisionCalibration = z.strictObject({
  version: z.literal(1),
  weights: z.strictObject({
    bias: Slope,
    /** Of the nearest reference. */
    nearest: Rising,
    /** Of the mean of the nearest three references. */
    support: Rising,
    /** Of how alike the product's own references are; counts only where there are two or more. */
    kin: Slope,
    /** Added where there is one reference only. */
    single: Slope,
    /** Of how near the closest other product's references are. */
    crowd: Slope,
  }),
  kin: Span,
  crowd: Span,
  /** Share of items outside the catalog that the weights assume, 0..1. */
  strangers: z.number().gt(0).lt(1),
  /** How alike the errors of two frames of one track are, 0 (each counts fully) to 1 (more frames add nothing). */
  frameCorrelation: z.number().min(0).max(1),
  candidates: z.strictObject({
    /** As few candidates are shown as hold this share of the catalog's probability, two to four. */
    mass: z.number().gt(0).max(1),
    /** Four candidates that hold less than this are no question: the item is unknown. */
    least: z.number().min(0).max(1),
  }),
  /** How it was fitted, and what was measured on products that were not fitted to. */
  fit: z.looseObject({ command: z.string().min(1), metrics: z.record(z.string(), z.number()) }),
});
export type DecisionCalibration = z.infer<typeof DecisionCalibration>;
