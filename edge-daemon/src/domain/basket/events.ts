import {
  Candidate,
  Currency,
  Gtin,
  LineItem,
  LineItemId,
  Money,
  Plu,
  SaleUnit,
  Sku,
  TransactionId,
} from "@tillsight/contracts";
import { z } from "zod";

/** Version of the event bodies below; it is stored beside each event, so that an older one can be read later. */
export const BASKET_EVENT_VERSION = 1;

/** A product as it was when its line was priced: a later change in the catalog does not reach an open line. */
export const FrozenProduct = z.strictObject({
  sku: Sku,
  name: z.string(),
  unit: SaleUnit,
  /** For one piece, or for one kilogram when `unit` is `weight`. */
  unitPrice: Money,
  taxRateBp: z.int().min(0).max(10_000),
  tareGrams: z.int().min(0).max(20_000),
  minAge: z.int().min(1).max(99).nullable(),
  gtin: Gtin.nullable(),
  plu: Plu.nullable(),
});
export type FrozenProduct = z.infer<typeof FrozenProduct>;

const LineSource = LineItem.shape.source;
const MessageId = z.uuid();
const ofLine = { lineItemId: LineItemId };
const ofMessage = { messageId: MessageId };

const bodies = [
  z.strictObject({
    type: z.literal("transactionOpened"),
    currency: Currency,
    /** Carried over, so that this event is all that replay needs to begin with. */
    helpWanted: z.boolean(),
    trayArmed: z.boolean(),
  }),
  z.strictObject({
    type: z.literal("lineAdded"),
    ...ofLine,
    trayItemId: z.string().nullable(),
    source: LineSource,
    product: FrozenProduct.nullable(),
    candidates: z.array(Candidate),
    contested: z.boolean(),
    quantity: z.int().min(1).max(999),
  }),
  z.strictObject({
    type: z.literal("lineIdentified"),
    ...ofLine,
    source: LineSource,
    product: FrozenProduct,
  }),
  z.strictObject({
    type: z.literal("lineChoiceOffered"),
    ...ofLine,
    /** One is a suggestion for an unidentified line, two or more are a choice. */
    candidates: z.array(Candidate).min(1),
    contested: z.boolean(),
  }),
  z.strictObject({ type: z.literal("lineWeighed"), ...ofLine, grossGrams: z.int().min(1).max(100_000) }),
  z.strictObject({ type: z.literal("quantityChanged"), ...ofLine, quantity: z.int().min(1).max(999) }),
  z.strictObject({
    type: z.literal("lineRemoved"),
    ...ofLine,
    reason: z.enum(["taken", "shopper", "attendant", "ageRefused"]),
  }),
  /** The tracker began anew: tray item ids known so far mean nothing any more. */
  z.strictObject({ type: z.literal("trayLost") }),
  /** An item of before `trayLost` was found again under a new id. */
  z.strictObject({ type: z.literal("trayItemRebound"), was: z.string(), now: z.string() }),
  /** An item that a person had taken out of the sale is off the tray. */
  z.strictObject({ type: z.literal("trayItemForgotten"), trayItemId: z.string() }),
  z.strictObject({ type: z.literal("trayCleared") }),
  z.strictObject({ type: z.literal("ageApproved"), ...ofLine, minAge: z.int().min(1).max(99) }),
  z.strictObject({ type: z.literal("helpCalled") }),
  z.strictObject({ type: z.literal("helpDismissed") }),
  z.strictObject({ type: z.literal("checkoutStarted") }),
  /** `replaces`: messages of an earlier attempt that are done with. */
  z.strictObject({
    type: z.literal("lineQueued"),
    ...ofLine,
    /** `units`: how many pieces the message stands for; more than one where the till knows quantities. */
    messages: z.array(z.strictObject({ ...ofMessage, units: z.int().min(1).max(999) })).min(1),
    replaces: z.array(MessageId),
  }),
  z.strictObject({ type: z.literal("voidQueued"), ...ofLine, ...ofMessage }),
  z.strictObject({ type: z.literal("totalQueued"), ...ofMessage }),
  /** Taken back before its first byte left. */
  z.strictObject({ type: z.literal("messageWithdrawn"), ...ofMessage }),
  z.strictObject({ type: z.literal("tillAccepted"), ...ofMessage }),
  z.strictObject({ type: z.literal("tillRefused"), ...ofMessage, reason: z.string() }),
  z.strictObject({ type: z.literal("tillInDoubt"), ...ofMessage, reason: z.string() }),
  z.strictObject({ type: z.literal("doubtSettled"), ...ofMessage, onTill: z.boolean() }),
  /** `piecesByHand`: how many pieces a person must still take back at the till; 0 when it has none. */
  z.strictObject({ type: z.literal("lineVoided"), ...ofLine, piecesByHand: z.int().min(0) }),
  z.strictObject({ type: z.literal("transactionDone") }),
  z.strictObject({
    type: z.literal("transactionCancelled"),
    /** `emptied`: everything was taken away again; `voided`: every line was voided. */
    reason: z.enum(["asked", "emptied", "voided"]),
  }),
  z.strictObject({ type: z.literal("suspended") }),
  z.strictObject({ type: z.literal("resumed") }),
  /** The finished sale leaves the screen. */
  z.strictObject({ type: z.literal("laneRested") }),
] as const;

export const BasketEventBody = z.discriminatedUnion("type", bodies);
export type BasketEventBody = z.infer<typeof BasketEventBody>;
export type BasketEventType = BasketEventBody["type"];

/** One durable fact about a transaction. `transactionId` is null between transactions only. */
export const BasketEvent = z.strictObject({
  /** Wall clock, milliseconds since 1970. */
  at: z.int(),
  transactionId: TransactionId.nullable(),
  body: BasketEventBody,
});
export type BasketEvent = z.infer<typeof BasketEvent>;
