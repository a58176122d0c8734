import { type DecisionRule, decide, oddsOf, type Prices } from "@tillsight/edge-daemon";
import type { DecisionCalibration } from "@tillsight/models";
import type { Asked } from "./rounds.js";

/** One item, decided by what was fitted without its class. */
export interface Judged {
  readonly asked: Asked;
  /** Probability of the likeliest product, whether it is the right one, and that of none of the catalog. */
  readonly probability: number;
  readonly right: boolean;
  readonly decision: ReturnType<typeof decide>;
}

export function judge(
  asked: Asked,
  rule: DecisionRule & { calibration: DecisionCalibration; prices: Prices },
): Judged {
  const odds = oddsOf(asked.evidence, rule.calibration, rule.prices.strangers);
  const [first] = odds.ranked;
  return {
    asked,
    probability: first?.probability ?? 0,
    right: asked.known && first?.vote.sku === asked.sku,
    decision: decide(asked.evidence, [], rule),
  };
}

/** The rule of a manifest without calibration, on the same evidence. */
export function judgeByThresholds(asked: Asked): Judged {
  const [first] = asked.evidence.votes;
  return {
    asked,
    probability: first?.score ?? -1,
    right: asked.known && first?.sku === asked.sku,
    decision: decide(asked.evidence, [], asked.thresholds),
  };
}

/** Shares, 0..1. */
export interface OperatingPoint {
  /** Of goods outside the catalog. */
  readonly falseAccepts: number;
  readonly strangersAsked: number;
  /** Of goods in the catalog. */
  readonly correctAccepts: number;
  readonly wrongAccepts: number;
  readonly asked: number;
  /** Of the questions about goods in the catalog: the truth is among the candidates. */
  readonly askedWithTruth: number;
}

const share = <T>(of: readonly T[], that: (one: T) => boolean): number =>
  of.length === 0 ? Number.NaN : of.filter(that).length / of.length;

export function operatingPoint(judged: readonly Judged[]): OperatingPoint {
  const known = judged.filter(({ asked }) => asked.known);
  const strangers = judged.filter(({ asked }) => !asked.known);
  const is = (kind: string) => (j: Judged) => j.decision.kind === kind;
  const taken = (j: Judged, rightly: boolean) =>
    j.decision.kind === "matched" && (j.decision.sku === j.asked.sku) === rightly;
  const holds = ({ decision, asked }: Judged) =>
    decision.kind === "ambiguous" && decision.candidates.some(({ sku }) => sku === asked.sku);
  return {
    falseAccepts: share(strangers, is("matched")),
    strangersAsked: share(strangers, is("ambiguous")),
    correctAccepts: share(known, (j) => taken(j, true)),
    wrongAccepts: share(known, (j) => taken(j, false)),
    asked: share(known, is("ambiguous")),
    askedWithTruth: share(known.filter(is("ambiguous")), holds),
  };
}

/** Most correct accepts that any threshold on `value` gives with at most `limit` (0..1) false accepts. */
export function correctAt(
  judged: readonly Judged[],
  limit: number,
  value: (j: Judged) => number = (j) => j.probability,
  right: (j: Judged) => boolean = (j) => j.right,
): number {
  const strangers = judged.filter(({ asked }) => !asked.known).map(value);
  const known = judged.filter(({ asked }) => asked.known);
  strangers.sort((a, b) => b - a);
  const threshold = strangers[Math.floor(limit * strangers.length)] ?? -1;
  return share(known, (j) => right(j) && value(j) > threshold);
}

export interface Bin {
  readonly said: number;
  readonly was: number;
  readonly share: number;
}

/** What was said against what was, items in and outside the catalog weighing as `strangers` says. */
export function reliability(judged: readonly Judged[], strangers: number, bins = 10): Bin[] {
  const outside = judged.filter(({ asked }) => !asked.known).length;
  const weight = (j: Judged) =>
    j.asked.known ? (1 - strangers) / (judged.length - outside) : strangers / outside;
  return Array.from({ length: bins }, (_, b) => {
    const own = judged.filter((j) => Math.min(bins - 1, Math.floor(j.probability * bins)) === b);
    const total = own.reduce((sum, j) => sum + weight(j), 0);
    const mean = (of: (j: Judged) => number) => own.reduce((sum, j) => sum + weight(j) * of(j), 0) / total;
    return { said: mean((j) => j.probability), was: mean((j) => Number(j.right)), share: total };
  }).filter((bin) => bin.share > 0);
}

/** Expected calibration error: mean distance between what was said and what was. */
export const calibrationError = (bins: readonly Bin[]): number =>
  bins.reduce((sum, { said, was, share: part }) => sum + part * Math.abs(said - was), 0);
