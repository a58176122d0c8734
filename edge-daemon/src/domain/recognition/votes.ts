import type { Sku } from "@tillsight/contracts";
import type { Surroundings } from "./surroundings.js";
import type { Weighed } from "./weight.js";

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
  /** What the catalog says about the product; null where it was not asked. */
  readonly about: Surroundings | null;
  /** Logarithm of how many times likelier its weight makes the product; left out where that is not known. */
  readonly weight?: number | undefined;
}

/** Evidence of one item. `votes` are ranked, best first. */
export interface Evidence {
  readonly frames: number;
  readonly votes: readonly Vote[];
  /** Since the tray last moved: what a product that was not among the nearest references can have scored at most. */
  readonly floor: { readonly mean: number; readonly frames: number };
  /** What the scale under the tray said of the item, if there is one and it did. */
  readonly weighed?: Weighed | null | undefined;
}

export const noEvidence: Evidence = { frames: 0, votes: [], floor: { mean: -1, frames: 0 } };

/** What the catalog says about a product's references. */
export type AskAbout = (sku: Sku) => Surroundings | null;
const askNobody: AskAbout = () => null;

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
function tally(near: readonly NearReference[], floor: number, askAbout: AskAbout): Vote[] {
  const bySku = new Map<Sku, NearReference[]>();
  for (const n of near) {
    const list = bySku.get(n.sku) ?? [];
    list.push(n);
    bySku.set(n.sku, list);
  }
  return [...bySku].map(([sku, list]) => {
    const about = askAbout(sku);
    const top = list.sort(nearestFirst).slice(0, REFERENCES);
    const [first] = top as [NearReference];
    // Those that it has beyond the ones found are no nearer than the last of all that were found.
    const counted = Math.max(top.length, Math.min(REFERENCES, about?.references ?? 0));
    const sum = top.reduce((total, n) => total + n.score, (counted - top.length) * floor);
    const { score, referenceId } = first;
    return { sku, score, support: sum / counted, referenceId, best: score, about };
  });
}

const nearestFirst = (a: NearReference, b: NearReference): number =>
  b.score - a.score || (a.referenceId < b.referenceId ? -1 : 1);

/** The mean of `count` earlier values and a new one, where at most a window's worth of the earlier ones counts. */
const meanWith = (mean: number, count: number, value: number): number =>
  mean + (value - mean) / Math.min(count + 1, WINDOW);

/**
 * Adds one settled frame. A product that is not among the nearest references of a frame can have scored at most
 * as much as the last of them, and is counted with that; so the order of frames does not matter.
 */
export function addFrame(
  evidence: Evidence,
  near: readonly NearReference[],
  askAbout: AskAbout = askNobody,
): Evidence {
  const floor = near.length > 0 ? Math.min(...near.map((n) => n.score)) : -1;
  const now = new Map(tally(near, floor, askAbout).map((v) => [v.sku, v]));
  const { frames, floor: past } = evidence;
  const votes: Vote[] = [];
  for (const old of evidence.votes) {
    const fresh = now.get(old.sku);
    now.delete(old.sku);
    const nearest = fresh && (fresh.best > old.best || frames === 0) ? fresh : old;
    votes.push({
      sku: old.sku,
      score: meanWith(old.score, frames, fresh?.score ?? floor),
      support: meanWith(old.support, frames, fresh?.support ?? floor),
      referenceId: nearest.referenceId,
      best: nearest.best,
      about: fresh?.about ?? old.about,
    });
  }
  for (const fresh of now.values())
    votes.push({
      ...fresh,
      score: meanWith(past.mean, past.frames, fresh.score),
      support: meanWith(past.mean, past.frames, fresh.support),
    });
  votes.sort((a, b) => rank(b) - rank(a) || (a.sku < b.sku ? -1 : 1));
  return {
    frames: frames + 1,
    votes: votes.slice(0, KEPT),
    floor: { mean: meanWith(past.mean, past.frames, floor), frames: past.frames + 1 },
  };
}

/** The tray moved: the item may show another side, so what was seen weighs less, and a newcomer has no past. */
export function fade(evidence: Evidence): Evidence {
  return {
    ...evidence,
    frames: Math.min(evidence.frames, FRAMES_KEPT_AFTER_MOVE),
    floor: noEvidence.floor,
  };
}

/** The catalog changed: similarities of before say nothing any more about what is in it now. */
export const forget = (evidence: Evidence): Evidence => ({ ...evidence, frames: 0, floor: noEvidence.floor });
