import type { Candidate, Decision } from "@tillsight/contracts";
import type { DecisionCalibration } from "@tillsight/models";
import type { Likely, Odds } from "./odds.js";

/** What mistakes cost, in any one unit: only their ratios matter. */
export interface Prices {
  /** A wrong line in the basket. */
  readonly wrongLine: number;
  /** Two to four candidates to touch. */
  readonly question: number;
  /** An item that has to be searched for by name, or by the attendant. */
  readonly search: number;
  /** Share of items on the tray that the catalog does not hold, 0..1: not a price, but what they are weighed with. */
  readonly strangers: number;
}

/** As in the settings' schema. */
export const defaultPrices: Prices = { wrongLine: 50, question: 1, search: 4, strangers: 0.2 };

const LEAST_CANDIDATES = 2;
export const MOST_CANDIDATES = 4;

/** Probability from which a wrong line is, on average, cheaper than a question. */
export const acceptFrom = ({ wrongLine, question }: Prices): number => Math.max(0, 1 - question / wrongLine);

const candidate = ({ vote }: Likely): Candidate => ({ sku: vote.sku, score: vote.score });

/** The fewest candidates, two to four, that hold `mass` of what the catalog as a whole is likely. */
function fewest({ ranked, none }: Odds, mass: number): { shown: readonly Likely[]; held: number } {
  let held = 0;
  let count = 0;
  while (count < Math.min(MOST_CANDIDATES, ranked.length) && (count < LEAST_CANDIDATES || held < mass)) {
    held += (ranked[count] as Likely).probability / Math.max(1e-9, 1 - none);
    count++;
  }
  return { shown: ranked.slice(0, count), held };
}

/** The cheapest of: taking the likeliest, asking, leaving it to a search. */
export function cheapest(odds: Odds, prices: Prices, { candidates }: DecisionCalibration): Decision {
  const [first] = odds.ranked;
  if (first && first.probability >= acceptFrom(prices))
    return { kind: "matched", sku: first.vote.sku, score: first.vote.score, by: "picture" };
  const { shown, held } = fewest(odds, candidates.mass);
  const found = held * (1 - odds.none);
  const worthIt = prices.question + (1 - found) * prices.search < prices.search;
  if (shown.length >= LEAST_CANDIDATES && held >= candidates.least && worthIt)
    return { kind: "ambiguous", candidates: shown.map(candidate) };
  return { kind: "unknown", best: odds.ranked.slice(0, MOST_CANDIDATES).map(candidate) };
}
