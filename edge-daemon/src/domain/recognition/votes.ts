import type { Sku } from "@tillsight/contracts";

/** A reference that is near to a picture of the item; `score` is the cosine similarity. */
export interface NearReference {
  readonly sku: Sku;
  readonly referenceId: string;
  readonly score: number;
}

/** What speaks for one product, over all frames so far. */
export interface Vote {
  readonly sku: Sku;
  /** Mean over frames of its best reference's similarity, -1..1: what the thresholds are calibrated for. */
  readonly score: number;
  /** Mean over frames of its best few references: ranks products whose best scores are close. */
  readonly support: number;
  /** The reference that was ever nearest, and how near it was. */
  readonly referenceId: string;
  readonly best: number;
}

/** Evidence of one item. `votes` are ranked, best first. */
export interface Evidence {
  readonly frames: number;
  readonly votes: readonly Vote[];
}

export const noEvidence: Evidence = { frames: 0, votes: [] };

/** References of one product that count in a frame. */
const REFERENCES = 3;
/** Frames after which old ones begin to fade. */
const WINDOW = 12;
/** Products that are kept; those behind cannot come back within a window. */
const KEPT = 8;
/** After the tray moved, what was seen before counts as this many frames: another side may be up now. */
const FRAMES_KEPT_AFTER_MOVE = 2;

/** Share of `support` in the rank; the rest is `score`. */
const SUPPORT_SHARE = 0.25;

export function rank(vote: Vote): number {
  return (1 - SUPPORT_SHARE) * vote.score + SUPPORT_SHARE * vote.support;
}

/** One frame's votes: each product by its best and its few best references. */
function tally(near: readonly NearReference[]): Vote[] {
  const bySku = new Map<Sku, NearReference[]>();
  for (const n of near) {
    const list = bySku.get(n.sku) ?? [];
    list.push(n);
    bySku.set(n.sku, list);
  }
  return [...bySku].map(([sku, list]) => {
    const top = list.sort((a, b) => b.score - a.score).slice(0, REFERENCES);
    const first = top[0];
    const best = first?.score ?? -1;
    const support = top.reduce((sum, n) => sum + n.score, 0) / Math.max(1, top.length);
    return { sku, score: best, support, referenceId: first?.referenceId ?? "", best };
  });
}

/**
 * Adds one settled frame. A product that is not among the nearest references of this frame can have scored at
 * most as much as the last of them, and is counted with that.
 */
export function addFrame(evidence: Evidence, near: readonly NearReference[]): Evidence {
  const now = new Map(tally(near).map((v) => [v.sku, v]));
  const floor = near.length > 0 ? Math.min(...near.map((n) => n.score)) : -1;
  const weight = 1 / Math.min(evidence.frames + 1, WINDOW);
  const votes: Vote[] = [];
  for (const old of evidence.votes) {
    const fresh = now.get(old.sku);
    now.delete(old.sku);
    const score = fresh?.score ?? Math.min(floor, old.score);
    const support = fresh?.support ?? Math.min(floor, old.support);
    const nearest = fresh && fresh.best > old.best ? fresh : old;
    votes.push({
      sku: old.sku,
      score: old.score + weight * (score - old.score),
      support: old.support + weight * (support - old.support),
      referenceId: nearest.referenceId,
      best: nearest.best,
    });
  }
  // A newcomer counts from now on: it can only have been behind the ones that were kept.
  votes.push(...now.values());
  votes.sort((a, b) => rank(b) - rank(a) || (a.sku < b.sku ? -1 : 1));
  return { frames: evidence.frames + 1, votes: votes.slice(0, KEPT) };
}

/** The tray moved: the item may show another side, so what was seen weighs less. */
export function fade(evidence: Evidence): Evidence {
  return { ...evidence, frames: Math.min(evidence.frames, FRAMES_KEPT_AFTER_MOVE) };
}
