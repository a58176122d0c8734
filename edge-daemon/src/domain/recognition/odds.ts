import type { DecisionCalibration } from "@tillsight/models";
import type { Surroundings } from "./surroundings.js";
import type { Evidence, Vote } from "./votes.js";

/** A product and the probability that the item is it. */
export interface Likely {
  readonly vote: Vote;
  readonly probability: number;
}

export interface Odds {
  /** Most likely first; with `none` they sum to 1. */
  readonly ranked: readonly Likely[];
  /** Probability that the item is none of the catalog. */
  readonly none: number;
}

/** Near 1, small differences of a cosine say much; the offset keeps an exact copy of a reference finite. */
const OFFSET = 1.02;
export const sharp = (similarity: number): number =>
  -Math.log(OFFSET - Math.min(1, Math.max(-1, similarity)));

const logit = (p: number): number => Math.log(p / (1 - p));

type Span = DecisionCalibration["kin"];
const within = (value: number | null, { low, usual, high }: Span): number =>
  value === null ? usual : Math.min(high, Math.max(low, value));

/** What the weights are multiplied with, in the order `nearest, support, kin, single, crowd`. */
export function features(
  { score, support, about }: Pick<Vote, "score" | "support" | "about">,
  { kin, crowd }: Pick<DecisionCalibration, "kin" | "crowd">,
): readonly [number, number, number, number, number] {
  const known: Surroundings = about ?? { references: 2, kin: null, crowd: null };
  const single = known.references < 2;
  return [
    sharp(score),
    sharp(support),
    single ? 0 : sharp(within(known.kin, kin)),
    single ? 1 : 0,
    sharp(within(known.crowd, crowd)),
  ];
}

/** Logit of one product against none of the catalog, by one frame. */
function frameLogit(vote: Vote, calibration: DecisionCalibration): number {
  const { weights: w } = calibration;
  const [nearest, support, kin, single, crowd] = features(vote, calibration);
  return (
    w.bias + w.nearest * nearest + w.support * support + w.kin * kin + w.single * single + w.crowd * crowd
  );
}

/**
 * What `frames` frames weigh, in frames that err independently of each other: frames of one still item mostly
 * repeat the same error, so their log-odds are not simply added; the sum never exceeds 1 / correlation.
 */
export const effectiveFrames = (frames: number, correlation: number): number =>
  frames / (1 + (Math.max(1, frames) - 1) * correlation);

/**
 * Probabilities of the products and of none of them: a conditional logit with an outside option.
 * @param strangers share of items on the tray that the catalog does not hold, 0..1.
 */
export function oddsOf(
  { frames, votes }: Pick<Evidence, "frames" | "votes">,
  calibration: DecisionCalibration,
  strangers: number,
): Odds {
  const weight = effectiveFrames(frames, calibration.frameCorrelation);
  const none = logit(strangers) - logit(calibration.strangers);
  const logits = votes.map((vote) => weight * frameLogit(vote, calibration) + (vote.weight ?? 0));
  const top = Math.max(none, ...logits);
  const parts = logits.map((z) => Math.exp(z - top));
  const rest = Math.exp(none - top);
  const sum = parts.reduce((a, b) => a + b, rest);
  const ranked = votes.map((vote, i) => ({ vote, probability: (parts[i] as number) / sum }));
  ranked.sort((a, b) => b.probability - a.probability || (a.vote.sku < b.vote.sku ? -1 : 1));
  return { ranked, none: rest / sum };
}
