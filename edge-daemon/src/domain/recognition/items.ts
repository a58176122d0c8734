import type { DecisionReason, Gtin, Sku, TrayItem } from "@tillsight/contracts";
import type { PrintLook } from "@tillsight/models";
import { type BarcodeSeen, type DecisionRule, decide, decisionKey, type Held, hold } from "./decide.js";
import { explain } from "./explain.js";
import {
  addLook,
  fadeSuspicion,
  findPicture,
  noSuspicion,
  type PictureFinding,
  questioned,
  type Suspicion,
} from "./suspicion.js";
import type { ItemTrace } from "./trace.js";
import type { Track } from "./tracker.js";
import { type Evidence, fade, forget, noEvidence } from "./votes.js";

/** What is known of one item beyond where it lies. */
export interface ItemState {
  readonly evidence: Evidence;
  readonly held: Held | null;
  /** Why what is held is held; null as long as nothing is. */
  readonly why: DecisionReason | null;
  /** GTINs read on it, each once, first read first. */
  readonly gtins: readonly Gtin[];
  readonly suspicion: Suspicion;
  /** Set while it is probably a picture of a product. */
  readonly picture: PictureFinding | null;
}

export const freshItem: ItemState = {
  ...{ evidence: noEvidence, held: null, why: null, gtins: [] },
  ...{ suspicion: noSuspicion, picture: null },
};

/** One look at an item for whether it is a picture; `notice` is the probability from which people are told. */
export interface PictureLook {
  readonly look: PrintLook | null;
  readonly notice: number;
}

/** Scores drift with every frame; only another answer is news. */
function differs(a: Held | null, b: Held | null): boolean {
  return (a && decisionKey(a.decision)) !== (b && decisionKey(b.decision));
}

export interface ItemStep {
  readonly state: ItemState;
  /** Present when what is held has become something else. */
  readonly changed: boolean;
  readonly trace: ItemTrace | null;
}

/**
 * One settled frame of one item.
 * @param evidence of all its frames, this one added; unchanged when the item was not seen in it (then only
 * barcodes that came in meanwhile may change anything).
 */
export function stepItem(
  state: ItemState,
  track: Track,
  evidence: Evidence,
  skuOf: (gtin: Gtin) => Sku | null,
  rule: DecisionRule,
  picture?: PictureLook,
): ItemStep {
  const barcodes: BarcodeSeen[] = state.gtins.map((gtin) => ({ gtin, sku: skuOf(gtin) }));
  const suspicion = picture?.look ? addLook(state.suspicion, picture.look) : state.suspicion;
  const finding = picture ? findPicture(suspicion, picture.notice, state.picture) : null;
  const fresh = questioned(decide(evidence, barcodes, rule), evidence, finding);
  const held = hold(state.held, fresh, evidence.frames);
  const why = held && explain(evidence, held.decision, rule);
  const trace: ItemTrace | null = held && {
    id: track.id,
    box: track.box,
    detection: track.score,
    evidence: {
      ...{ frames: evidence.frames, votes: [...evidence.votes] },
      ...(evidence.weighed && { weighed: evidence.weighed }),
    },
    barcodes,
    picture: finding,
    before: state.held,
    outcome: held.decision,
    why: why ?? undefined,
  };
  return {
    state: { ...state, evidence, held, why, suspicion, picture: finding },
    changed: differs(state.held, held),
    trace,
  };
}

/** Adds a barcode that was read on the item. */
export function withBarcode(state: ItemState, gtin: Gtin): ItemState {
  return state.gtins.includes(gtin) ? state : { ...state, gtins: [...state.gtins, gtin] };
}

/** The tray moved: what was seen before weighs less. */
export function fadeItem(state: ItemState): ItemState {
  return { ...state, evidence: fade(state.evidence), suspicion: fadeSuspicion(state.suspicion) };
}

/** The catalog changed: what was seen before no longer counts, what is held stays until new frames say otherwise. */
export const forgetItem = (state: ItemState): ItemState => ({ ...state, evidence: forget(state.evidence) });

/** What the kiosk and the basket see of an item; null while nothing is held of it yet. */
export function trayItem(track: Track, state: ItemState): TrayItem | null {
  if (!track.confirmed || !state.held) return null;
  return {
    id: track.id,
    box: track.box,
    detection: track.score,
    occluded: track.occluded,
    decision: state.held.decision,
    why: state.why ?? undefined,
  };
}

/** Frames after which a match is as good as it gets: frames of one still item mostly repeat each other. */
const MATCHED_FRAMES = 2;

/** More frames of the same still tray would hardly change what is held of it. */
export function isSettled({ held, evidence }: ItemState, frames: number): boolean {
  if (held === null || held.challenger !== null) return false;
  return evidence.frames >= (held.decision.kind === "matched" ? MATCHED_FRAMES : frames);
}
