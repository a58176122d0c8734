import { features } from "@tillsight/edge-daemon";
import type { DecisionCalibration } from "@tillsight/models";
import { quantile } from "../../bench/quantile.js";
import { type Choice, fitChoice, type Weights } from "./choice.js";
import type { Asked } from "./rounds.js";

/** In the order of `features`. */
export const featureNames = ["nearest", "support", "kin", "single", "crowd"] as const;
export type Feature = (typeof featureNames)[number];
const rising = new Set([0, 1]);

export type Spans = Pick<DecisionCalibration, "kin" | "crowd">;

/** The middle 98 % of what the catalogs said: nothing is known beyond. */
export function spansOf(asked: readonly Asked[]): Spans {
  const abouts = asked.flatMap(({ evidence }) => evidence.votes.flatMap(({ about }) => about ?? []));
  const span = (values: readonly number[]) => ({
    ...{ low: rounded(quantile(values, 0.01)), usual: rounded(quantile(values, 0.5)) },
    high: rounded(quantile(values, 0.99)),
  });
  return {
    kin: span(abouts.flatMap(({ kin }) => kin ?? [])),
    crowd: span(abouts.flatMap(({ crowd }) => crowd ?? [])),
  };
}

const rounded = (value: number): number => Number(value.toPrecision(5));

/** Every kind of goods weighs the same, and so do goods in the catalog and outside of it. */
function weigher(asked: readonly Asked[]): (one: Asked) => number {
  const count = new Map<string, number>();
  const key = ({ pool, known }: Asked) => `${pool} ${known}`;
  for (const one of asked) count.set(key(one), (count.get(key(one)) ?? 0) + 1);
  return (one) => 0.5 / (count.get(key(one)) ?? 1);
}

export function choicesOf(asked: readonly Asked[], spans: Spans): Choice[] {
  const weigh = weigher(asked);
  return asked.map((one): Choice => {
    const at = one.known ? one.evidence.votes.findIndex(({ sku }) => sku === one.sku) : -1;
    const candidates = one.evidence.votes.map((vote) => features(vote, spans));
    return { candidates, truth: at < 0 ? null : at, weight: weigh(one) };
  });
}

export interface Fitted {
  readonly spans: Spans;
  readonly weights: Weights;
}

export function fitAsked(asked: readonly Asked[], used: readonly Feature[] = featureNames): Fitted {
  const spans = spansOf(asked);
  const choices = choicesOf(asked, spans);
  return {
    spans,
    weights: fitChoice(
      choices,
      featureNames.map((name) => used.includes(name)),
      rising,
    ),
  };
}

/** As it stands in a manifest. */
export function calibrationOf(
  { spans, weights }: Fitted,
  rest: Pick<DecisionCalibration, "candidates" | "frameCorrelation" | "fit">,
): DecisionCalibration {
  const named = Object.fromEntries(featureNames.map((name, k) => [name, rounded(weights[k] ?? 0)]));
  return {
    version: 1,
    weights: { ...(named as Record<Feature, number>), bias: rounded(weights[featureNames.length] ?? 0) },
    ...spans,
    strangers: 0.5,
    ...rest,
  };
}
