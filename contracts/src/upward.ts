import { z } from "zod";
import { LineItem } from "./basket.js";
import { LineItemId, Lsn, TransactionId } from "./ids.js";
import { Currency, Money } from "./money.js";
import { Box, Decision, DecisionReason } from "./recognition.js";

/** What a lane sends up, the most precious first: also the order in which it is sent, and the reverse of what goes when its disk is full. */
export const upStreams = ["sale", "event", "telemetry", "crop"] as const;
export const UpStream = z.enum(upStreams);
export type UpStream = z.infer<typeof UpStream>;

/** Milliseconds since 1970 by the lane's clock, up to the year 9999. */
const Instant = z.int().min(0).max(253_402_300_799_999);

/** A line as it was when its transaction ended. */
export const SaleLine = LineItem.pick({
  ...{ id: true, sku: true, name: true, unit: true, quantity: true, grams: true },
  ...{ unitPrice: true, taxRateBp: true, total: true, source: true },
}).extend({ voided: z.boolean() });
export type SaleLine = z.infer<typeof SaleLine>;

/** A transaction that is over. Its id is the record's id, so it is counted once whatever becomes of the lane's disk. */
export const Sale = z.strictObject({
  transactionId: TransactionId,
  status: z.enum(["done", "cancelled"]),
  openedAt: Instant,
  endedAt: Instant,
  currency: Currency,
  lines: z.array(SaleLine).max(2000),
  /** Sum of the lines that are not voided. */
  total: Money,
});
export type Sale = z.infer<typeof Sale>;

/** Something a person at headquarters may want to know or count: an age check, a refusal of the till, a fault. */
export const LaneEvent = z.strictObject({
  at: Instant,
  /** Stable machine name such as `ageApproved` or `CAMERA_FROZEN`. */
  type: z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, "a name of letters, digits and underscores"),
  severity: z.enum(["info", "warning", "fault"]),
  text: z.string().max(500),
  transactionId: TransactionId.nullable(),
});
export type LaneEvent = z.infer<typeof LaneEvent>;

/** Figures of the lane at one moment, by the names of its metrics. */
export const TelemetrySample = z.strictObject({
  at: Instant,
  values: z.record(z.string().regex(/^[A-Za-z0-9_:.]{1,120}$/, "a metric's name"), z.number()),
});
export type TelemetrySample = z.infer<typeof TelemetrySample>;

/** An item that recognition would not name by itself, as it lay on the tray. */
export const ReviewCrop = z.strictObject({
  at: Instant,
  /** The line that stands for it, so that the sale tells what it turned out to be; null when there was none. */
  lineItemId: LineItemId.nullable(),
  decision: Decision,
  why: DecisionReason.optional(),
  /** Where it lay, pixels of the tray's picture. */
  box: Box,
  catalogLsn: Lsn,
  embedderId: z.string().min(1).max(64),
  /** Base64. */
  jpeg: z.string().min(1).max(700_000),
});
export type ReviewCrop = z.infer<typeof ReviewCrop>;

/** Body of a record, by its stream. */
export const upBodies = {
  sale: Sale,
  event: LaneEvent,
  telemetry: TelemetrySample,
  crop: ReviewCrop,
} as const;
export type UpBody = { [S in UpStream]: z.infer<(typeof upBodies)[S]> };

/** Most records of one batch. */
export const maxBatchRecords = 200;

/**
 * Records of one stream in their order. Headquarters stores those it has not, and answers with a receipt once they
 * are durable; until then the lane sends the same batch again.
 */
export const UpBatch = z.strictObject({
  stream: UpStream,
  /** Names the lane's outbox file: numbers of two files never mix. */
  outbox: z.uuid(),
  /** What headquarters has received up to, as far as the lane knows. */
  after: z.int().min(0),
  /** Records of this stream that the lane had to drop for want of room, since the outbox began. */
  dropped: z.int().min(0),
  /** Bodies are checked one by one: one that does not fit must not hold up those behind it. */
  records: z
    .array(z.strictObject({ n: z.int().min(1), id: z.uuid(), body: z.unknown() }))
    .min(1)
    .max(maxBatchRecords),
});
export type UpBatch = z.infer<typeof UpBatch>;

/** Headquarters has it for good, up to and including `upTo`. Less than the batch's `after`: send again from there. */
export const UpReceipt = z.strictObject({
  stream: UpStream,
  outbox: z.uuid(),
  /** The last number of the batch that this answers. */
  last: z.int().min(1),
  upTo: z.int().min(0),
});
export type UpReceipt = z.infer<typeof UpReceipt>;
