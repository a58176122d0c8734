import type { Candidate, Decision, Gtin, Sku } from "@tillsight/contracts";
import type { DecisionCalibration } from "@tillsight/models";
import { oddsOf } from "./odds.js";
import { cheapest, defaultPrices, MOST_CANDIDATES, type Prices } from "./prices.js";
import { type Evidence, rank, type Vote } from "./votes.js";

/** From the embedder's manifest: cosine similarities, calibrated for one picture. */
export interface MatchThresholds {
  readonly match: number;
  readonly ambiguous: number;
  readonly margin: number;
}

/**
 * All that a decision goes by beside the evidence. Without a calibration (an older manifest) the thresholds decide
 * and prices play no part.
 */
export interface DecisionRule extends MatchThresholds {
  readonly calibration?: DecisionCalibration | undefined;
  /** Left out: the settings' defaults. */
  readonly prices?: Prices | undefined;
}

/** What decisions need of it; more is in `Evidence` to go on with the next frame. */
type Seen = Pick<Evidence, "frames" | "votes">;

/** A barcode read on the item; `sku` is null where the catalog does not sell it. */
export interface BarcodeSeen {
  readonly gtin: Gtin;
  readonly sku: Sku | null;
}

/** A lone candidate is shown with the runner-up when that is at most this far behind. */
const COMPANION = 0.15;

function candidate(vote: Vote): Candidate {
  return { sku: vote.sku, score: vote.score };
}

/** Decision by the picture alone. */
export function decideByPicture(evidence: Seen, rule: DecisionRule): Decision {
  const { calibration, prices = defaultPrices } = rule;
  if (!calibration) return decideByThresholds(evidence, rule);
  return cheapest(oddsOf(evidence, calibration, prices.strangers), prices, calibration);
}

function decideByThresholds(evidence: Seen, t: MatchThresholds): Decision {
  const [first, second] = evidence.votes;
  if (!first) return { kind: "unknown", best: [] };
  const clear = !second || rank(first) - rank(second) >= t.margin;
  if (first.score >= t.match && clear)
    return { kind: "matched", sku: first.sku, score: first.score, by: "picture" };
  if (first.score >= t.ambiguous) {
    const near = evidence.votes.filter(
      (v, i) => v.score >= t.ambiguous || (i === 1 && first.score - v.score <= COMPANION),
    );
    if (near.length >= 2)
      return { kind: "ambiguous", candidates: near.slice(0, MOST_CANDIDATES).map(candidate) };
  }
  return { kind: "unknown", best: evidence.votes.slice(0, MOST_CANDIDATES).map(candidate) };
}

/**
 * Decision by all evidence. A barcode of a product that is sold here is the strongest; only a confident picture
 * of something else contradicts it. A barcode that the catalog does not know decides nothing.
 */
export function decide(evidence: Seen, barcodes: readonly BarcodeSeen[], rule: DecisionRule): Decision {
  const picture = decideByPicture(evidence, rule);
  const sold = barcodes.filter((b): b is BarcodeSeen & { sku: Sku } => b.sku !== null);
  const [first] = sold;
  if (!first) return picture;
  const agreeing = picture.kind === "matched" ? sold.find((b) => b.sku === picture.sku) : first;
  if (picture.kind === "matched" && !agreeing)
    return { kind: "conflict", gtin: first.gtin, barcodeSku: first.sku, pictureSku: picture.sku };
  const other = sold.find((b) => b.sku !== first.sku);
  if (picture.kind !== "matched" && other) return twoBarcodes(sold, evidence);
  const sku = agreeing?.sku ?? first.sku;
  return { kind: "matched", sku, score: scoreOf(evidence, sku) ?? 1, by: "barcode" };
}

function scoreOf(evidence: Seen, sku: Sku): number | undefined {
  return evidence.votes.find((v) => v.sku === sku)?.score;
}

/** Barcodes of several products on one item (a bundle, or two items taken for one): a person chooses. */
function twoBarcodes(sold: readonly { sku: Sku }[], evidence: Seen): Decision {
  const skus = [...new Set(sold.map((b) => b.sku))].slice(0, MOST_CANDIDATES);
  return { kind: "ambiguous", candidates: skus.map((sku) => ({ sku, score: scoreOf(evidence, sku) ?? 1 })) };
}

/** What is shown for an item, and what has been said against it since. */
export interface Held {
  readonly decision: Decision;
  readonly challenger: { readonly key: string; readonly frames: number } | null;
}

/** What makes two decisions the same to a shopper: scores and their order do not. */
export function decisionKey(d: Decision): string {
  switch (d.kind) {
    case "matched":
      return `matched ${d.sku}`;
    case "conflict":
      return `conflict ${d.barcodeSku} ${d.pictureSku}`;
    case "ambiguous":
      return `ambiguous ${d.candidates
        .map((c) => c.sku)
        .sort()
        .join(" ")}`;
    case "unknown":
      return "unknown";
  }
}

/** Frames before the first decision: one picture may be blurred. */
const FIRST_FRAMES = 2;

/** Frames in a row that a new decision needs against the one held; doubt never pushes out a match quickly. */
function framesNeeded(held: Decision, fresh: Decision): number {
  if (fresh.kind === "conflict" || (fresh.kind === "matched" && fresh.by === "barcode")) return 1;
  if (held.kind === "conflict") return 1;
  if (held.kind === "matched") return fresh.kind === "matched" ? 4 : 8;
  return fresh.kind === "matched" ? 2 : 4;
}

/**
 * Keeps what is shown from flickering: `null` until there is enough to say anything.
 * @param frames settled frames that the fresh decision rests on.
 */
export function hold(held: Held | null, fresh: Decision, frames: number): Held | null {
  if (!held) {
    const certain = fresh.kind === "conflict" || (fresh.kind === "matched" && fresh.by === "barcode");
    return certain || frames >= FIRST_FRAMES ? { decision: fresh, challenger: null } : null;
  }
  const key = decisionKey(fresh);
  if (key === decisionKey(held.decision)) return { decision: fresh, challenger: null };
  const streak = held.challenger?.key === key ? held.challenger.frames + 1 : 1;
  if (streak >= framesNeeded(held.decision, fresh)) return { decision: fresh, challenger: null };
  return { decision: held.decision, challenger: { key, frames: streak } };
}
