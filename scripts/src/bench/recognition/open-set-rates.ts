import type { Outcome } from "./open-set.js";

/** Shares, each 0..1; NaN where there was nothing to share out. */
export interface Rates {
  /** Of goods outside the catalog, accepted as something in it. */
  readonly falseAccepts: number;
  /** Of goods in the catalog: accepted as what they are, accepted as something else, asked about, not known. */
  readonly correctAccepts: number;
  readonly wrongAccepts: number;
  readonly asked: number;
  readonly unknown: number;
  /** Of the questions about goods in the catalog, those whose candidates hold the truth. */
  readonly askedWithTruth: number;
  /** Of goods outside the catalog, asked about. */
  readonly strangersAsked: number;
}

const share = <T>(of: readonly T[], that: (item: T) => boolean): number => of.filter(that).length / of.length;

export function ratesOf(outcomes: readonly Outcome[]): Rates {
  const known = outcomes.filter((o) => o.known);
  const strangers = outcomes.filter((o) => !o.known);
  const questions = known.filter((o) => o.decision === "ambiguous");
  return {
    falseAccepts: share(strangers, (o) => o.decision === "matched"),
    correctAccepts: share(known, (o) => o.decision === "matched" && o.holdsTruth),
    wrongAccepts: share(known, (o) => o.decision === "matched" && !o.holdsTruth),
    asked: share(known, (o) => o.decision === "ambiguous"),
    unknown: share(known, (o) => o.decision === "unknown"),
    askedWithTruth: share(questions, (o) => o.holdsTruth),
    strangersAsked: share(strangers, (o) => o.decision === "ambiguous"),
  };
}

/** What a threshold on the best product's score alone would give. */
export interface CurvePoint {
  readonly threshold: number;
  readonly falseAccepts: number;
  readonly correctAccepts: number;
}

/** From the strictest threshold to none, one point for each false accept more. */
export function acceptCurve(outcomes: readonly Outcome[]): CurvePoint[] {
  const known = outcomes.filter((o) => o.known).length;
  const strangers = outcomes.length - known;
  const points: CurvePoint[] = [];
  let right = 0;
  let wrong = 0;
  for (const o of [...outcomes].sort((a, b) => b.score - a.score)) {
    if (!o.known) {
      points.push({ threshold: o.score, falseAccepts: wrong / strangers, correctAccepts: right / known });
      wrong++;
    } else if (o.bestIsTrue) right++;
  }
  points.push({ threshold: -1, falseAccepts: wrong / strangers, correctAccepts: right / known });
  return points;
}

/** Most correct accepts that a threshold on the score could give with at most `limit` (0..1) false accepts. */
export function bestWithin(curve: readonly CurvePoint[], limit: number): CurvePoint | undefined {
  return curve.findLast((point) => point.falseAccepts <= limit);
}
