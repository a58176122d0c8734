import { Box, Decision, DecisionReason, Gtin, Lsn, Sku } from "@tillsight/contracts";
import { DecisionCalibration } from "@tillsight/models";
import { z } from "zod";
import { type DecisionRule, decide, decisionKey, type Held, hold } from "./decide.js";
import { explain } from "./explain.js";
import { questioned } from "./suspicion.js";

const Thresholds = z.strictObject({ match: z.number(), ambiguous: z.number(), margin: z.number() });

const Prices = z.strictObject({
  ...{ wrongLine: z.number(), question: z.number(), search: z.number(), strangers: z.number() },
});

const AboutRecord = z.strictObject({
  references: z.int().min(0),
  kin: z.number().nullable(),
  crowd: z.number().nullable(),
});

const VoteRecord = z.strictObject({
  sku: Sku,
  score: z.number(),
  support: z.number(),
  referenceId: z.string(),
  best: z.number(),
  about: AboutRecord.nullable().default(null),
  weight: z.number().optional(),
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
  evidence: z.strictObject({
    frames: z.int().min(0),
    votes: z.array(VoteRecord),
    /** Missing where no scale weighed the item. */
    weighed: z.strictObject({ grams: z.number(), deviation: z.number() }).optional(),
  }),
  barcodes: z.array(z.strictObject({ gtin: Gtin, sku: Sku.nullable() })),
  /** Missing in traces of lanes that did not look for pictures. */
  picture: PictureRecord.nullable().default(null),
  /** What was held before this frame. */
  before: HeldRecord.nullable(),
  /** What is held of it now. */
  outcome: Decision,
  why: DecisionReason.optional(),
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
  /** Left out where the network was not calibrated: then the thresholds decided. */
  calibration: DecisionCalibration.optional(),
  prices: Prices.optional(),
  catalogLsn: Lsn,
  items: z.array(ItemTrace).min(1),
});
export type DecisionTrace = z.infer<typeof DecisionTrace>;

/** Decides again from what a trace recorded; the same rule the lane applies. */
export function redecide(item: Omit<ItemTrace, "outcome" | "why">, rule: DecisionRule): Held | null {
  const fresh = questioned(decide(item.evidence, item.barcodes, rule), item.evidence, item.picture);
  return hold(item.before, fresh, item.evidence.frames);
}

/** What the lane went by when it wrote the trace. */
export const ruleOf = ({ thresholds, calibration, prices }: DecisionTrace): DecisionRule => ({
  ...{ ...thresholds, calibration, prices },
});

export interface ReplayedItem {
  readonly id: string;
  readonly recorded: Decision;
  /** Null where today's rules would not decide yet. */
  readonly now: Decision | null;
  readonly why: DecisionReason | null;
  readonly same: boolean;
}

/** Replays a trace with its own rule, or with another to see what it would change. */
export function replayTrace(trace: DecisionTrace, rule = ruleOf(trace)): ReplayedItem[] {
  return trace.items.map((item) => {
    const now = redecide(item, rule)?.decision ?? null;
    const same = now !== null && decisionKey(now) === decisionKey(item.outcome);
    const why = now && explain(item.evidence, now, rule);
    return { id: item.id, recorded: item.outcome, now, why, same };
  });
}
