import { Box, Decision, Gtin, Lsn, Sku } from "@tillsight/contracts";
import { z } from "zod";
import { decide, decisionKey, type Held, hold } from "./decide.js";
import { questioned } from "./suspicion.js";

const Thresholds = z.strictObject({ match: z.number(), ambiguous: z.number(), margin: z.number() });

const VoteRecord = z.strictObject({
  sku: Sku,
  score: z.number(),
  support: z.number(),
  referenceId: z.string(),
  best: z.number(),
});

const HeldRecord = z.strictObject({
  decision: Decision,
  challenger: z.strictObject({ key: z.string(), frames: z.int().min(1) }).nullable(),
});

/** That the item is probably a picture of a product; see `findPicture`. */
const PictureRecord = z.strictObject({
  probability: z.number().min(0).max(1),
  carrier: z.enum(["print", "screen", "label"]),
});

/** Why one item was called what it was called: inputs, and the answer that they gave. */
export const ItemTrace = z.strictObject({
  id: z.string().min(1),
  box: Box,
  detection: z.number().min(0).max(1),
  evidence: z.strictObject({ frames: z.int().min(0), votes: z.array(VoteRecord) }),
  barcodes: z.array(z.strictObject({ gtin: Gtin, sku: Sku.nullable() })),
  /** Missing in traces of lanes that did not look for pictures. */
  picture: PictureRecord.nullable().default(null),
  /** What was held before this frame. */
  before: HeldRecord.nullable(),
  /** What is held of it now. */
  outcome: Decision,
});
export type ItemTrace = z.infer<typeof ItemTrace>;

/** Written whenever what is held of an item changes; enough to give the same answers again. */
export const DecisionTrace = z.strictObject({
  version: z.literal(1),
  at: z.iso.datetime(),
  /** `sha256` of the frame's RGB bytes. */
  frame: z.strictObject({
    seq: z.int().min(0),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    width: z.int().positive(),
    height: z.int().positive(),
  }),
  models: z.strictObject({ detector: z.string(), embedder: z.string() }),
  thresholds: Thresholds,
  catalogLsn: Lsn,
  items: z.array(ItemTrace).min(1),
});
export type DecisionTrace = z.infer<typeof DecisionTrace>;

/** Decides again from what a trace recorded; the same rule the lane applies. */
export function redecide(
  item: Omit<ItemTrace, "outcome">,
  thresholds: DecisionTrace["thresholds"],
): Held | null {
  const fresh = questioned(decide(item.evidence, item.barcodes, thresholds), item.evidence, item.picture);
  return hold(item.before, fresh, item.evidence.frames);
}

export interface ReplayedItem {
  readonly id: string;
  readonly recorded: Decision;
  /** Null where today's rules would not decide yet. */
  readonly now: Decision | null;
  readonly same: boolean;
}

/** Replays a trace with its own thresholds, or with others to see what they would change. */
export function replayTrace(trace: DecisionTrace, thresholds = trace.thresholds): ReplayedItem[] {
  return trace.items.map((item) => {
    const now = redecide(item, thresholds)?.decision ?? null;
    const same = now !== null && decisionKey(now) === decisionKey(item.outcome);
    return { id: item.id, recorded: item.outcome, now, same };
  });
}
