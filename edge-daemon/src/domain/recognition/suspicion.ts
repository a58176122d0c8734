import type { Decision } from "@tillsight/contracts";
import { likelihoodOf, type PictureKind, type PrintLook } from "@tillsight/models";
import type { Evidence } from "./votes.js";

/** What the looks at one item say of its being a picture of a product: means over its frames. */
export interface Suspicion {
  readonly looks: number;
  readonly logOdds: number;
  readonly kinds: Readonly<Record<PictureKind, number>>;
}

export const noSuspicion: Suspicion = { looks: 0, logOdds: 0, kinds: { print: 0, screen: 0, label: 0 } };

/** An item that is probably a picture, and what most likely carries it. */
export interface PictureFinding {
  /** 0..1. */
  readonly probability: number;
  readonly carrier: PictureKind;
}

/** Looks after which old ones begin to fade, as frames of the votes do. */
const WINDOW = 12;
/** A single look may have caught a reflection. */
const MIN_LOOKS = 2;
/** After the tray moved, what was seen before counts as this many looks. */
const LOOKS_KEPT_AFTER_MOVE = 2;
/** One look's log-odds count for at most so much: a single frame must not speak for twelve. */
const MOST = 6;
/** A finding stays until the probability is below this part of the limit, so that it does not flicker. */
const STAYS_ABOVE = 0.6;

const clamp = (value: number): number => Math.min(MOST, Math.max(-MOST, value));

export function addLook(suspicion: Suspicion, look: PrintLook): Suspicion {
  const weight = 1 / Math.min(suspicion.looks + 1, WINDOW);
  const towards = (old: number, now: number) => old + weight * (now - old);
  const { print, screen, label } = suspicion.kinds;
  return {
    looks: suspicion.looks + 1,
    logOdds: towards(suspicion.logOdds, clamp(look.logOdds)),
    kinds: {
      print: towards(print, look.kinds.print),
      screen: towards(screen, look.kinds.screen),
      label: towards(label, look.kinds.label),
    },
  };
}

/** The tray moved: the item may lie another way, so what was seen weighs less. */
export function fadeSuspicion(suspicion: Suspicion): Suspicion {
  return { ...suspicion, looks: Math.min(suspicion.looks, LOOKS_KEPT_AFTER_MOVE) };
}

/**
 * What is to be told of an item; null while it looks real or was hardly looked at.
 * @param notice probability from which people are told.
 * @param before what was told so far.
 */
export function findPicture(
  { looks, logOdds, kinds }: Suspicion,
  notice: number,
  before: PictureFinding | null,
): PictureFinding | null {
  if (looks < MIN_LOOKS) return before;
  const probability = likelihoodOf(logOdds);
  if (probability < (before ? notice * STAYS_ABOVE : notice)) return null;
  const carriers = ["print", "screen", "label"] as const;
  const carrier = carriers.reduce((best, kind) => (kinds[kind] > kinds[best] ? kind : best));
  return { probability, carrier };
}

/**
 * A picture of a product looks like the product, so looks alone no longer name it: the shopper is asked, with what
 * it looks like as the suggestion. A barcode still counts, and nothing is blocked.
 */
export function questioned(
  decision: Decision,
  { votes }: Pick<Evidence, "votes">,
  finding: PictureFinding | null,
): Decision {
  if (!finding || decision.kind !== "matched" || decision.by !== "picture") return decision;
  const others = votes.filter(({ sku }) => sku !== decision.sku).map(({ sku, score }) => ({ sku, score }));
  return { kind: "unknown", best: [{ sku: decision.sku, score: decision.score }, ...others].slice(0, 4) };
}
