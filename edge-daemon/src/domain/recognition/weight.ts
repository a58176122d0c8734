import type { Evidence, Vote } from "./votes.js";

/** What the scale under the tray said of one item. */
export interface Weighed {
  readonly grams: number;
  /** Standard deviation of that, grams. */
  readonly deviation: number;
}

/** What one piece of a product weighs; nearly all pieces are within the tolerance. */
export interface UnitWeight {
  readonly grams: number;
  readonly tolerance: number;
}

/** Logarithmically even between a sachet and a crate: what is known of the weight of anything at all. */
const SPAN = Math.log(20_000 / 2);
/**
 * Goods come in few common weights, so a fitting one says no more than this; a hand on the tray or a bag beside the
 * item spoils a weighing, so one that does not fit is not believed without limit.
 */
const MOST = Math.log(10);
const LEAST = Math.log(1 / 100);
/** Deviations within which a weight fits; there it never speaks against the product. */
const FITS = 2;

/** Logarithm of how many times likelier the weight is if the item is the product than if it is anything. */
export function weightLogit({ grams, deviation }: Weighed, unit: UnitWeight): number {
  const sigma = Math.max(0.1, Math.hypot(deviation, unit.tolerance / 2));
  const z = (grams - unit.grams) / sigma;
  const ratio = Math.log((grams * SPAN) / (sigma * Math.sqrt(2 * Math.PI))) - (z * z) / 2;
  return Math.min(MOST, Math.max(Math.abs(z) <= FITS ? 0 : LEAST, ratio));
}

/** Evidence with what the weight says of each product; where nothing was weighed or known, nothing changes. */
export function weighIn(
  evidence: Evidence,
  weighed: Weighed | null,
  unitWeightOf: (sku: Vote["sku"]) => UnitWeight | null,
): Evidence {
  if (!weighed && !evidence.weighed) return evidence;
  const votes = evidence.votes.map(({ weight: _, ...vote }): Vote => {
    const unit = weighed && unitWeightOf(vote.sku);
    return unit ? { ...vote, weight: weightLogit(weighed, unit) } : vote;
  });
  return { ...evidence, votes, weighed };
}
