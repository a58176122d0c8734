import { z } from "zod";
import { SaleUnit } from "./catalog.js";
import { LineItemId, Sku, TransactionId } from "./ids.js";
import { Currency, Money } from "./money.js";
import { Candidate } from "./recognition.js";

/** What must happen before a line may be paid. `none`: nothing, it is ready. */
export const LineNeed = z.enum(["none", "choice", "identification", "weight", "ageApproval"]);
export type LineNeed = z.infer<typeof LineNeed>;

/** Where a line stands with the till. `refused` and `inDoubt` wait for the attendant. */
export const LineTill = z.enum(["none", "queued", "settled", "refused", "inDoubt", "voidQueued", "voided"]);
export type LineTill = z.infer<typeof LineTill>;

/** One thing a shopper pays for. An unidentified item is a line too, so that it can be asked about. */
export const LineItem = z.strictObject({
  id: LineItemId,
  /** The tray item that this line follows; null when it was added by hand. */
  trayItemId: z.string().nullable(),
  sku: Sku.nullable(),
  name: z.string(),
  unit: SaleUnit,
  quantity: z.int().min(1).max(999),
  grams: z.int().min(1).max(100_000).nullable(),
  unitPrice: Money,
  taxRateBp: z.int().min(0).max(10_000),
  /** `unitPrice` x quantity, or x kilograms; zero while the line is not identified or not weighed. */
  total: Money,
  source: z.enum(["picture", "barcode", "shopper", "attendant"]),
  need: LineNeed,
  candidates: z.array(Candidate),
  minAge: z.int().nullable(),
  till: LineTill,
});
export type LineItem = z.infer<typeof LineItem>;

export const BasketStatus = z.enum(["idle", "shopping", "paying", "done", "suspended", "cancelled"]);
export type BasketStatus = z.infer<typeof BasketStatus>;

/** The open transaction as everybody sees it; rebuilt from the journal after a crash. */
export const Basket = z.strictObject({
  transactionId: TransactionId.nullable(),
  status: BasketStatus,
  currency: Currency,
  lines: z.array(LineItem),
  /** Sum of the lines that are not voided. */
  total: Money,
  helpWanted: z.boolean(),
});
export type Basket = z.infer<typeof Basket>;

/**
 * What a person may ask of the basket. `line` names a line item. Actions marked attendant need the
 * attendant's mode, which the kiosk API checks, not the basket.
 */
export const BasketAction = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("addSku"), sku: Sku, quantity: z.int().min(1).max(999) }),
  z.strictObject({ do: z.literal("resolve"), line: LineItemId, sku: Sku }),
  z.strictObject({ do: z.literal("setQuantity"), line: LineItemId, quantity: z.int().min(1).max(999) }),
  z.strictObject({ do: z.literal("weigh"), line: LineItemId, grossGrams: z.int().min(1).max(100_000) }),
  z.strictObject({ do: z.literal("remove"), line: LineItemId }),
  z.strictObject({ do: z.literal("checkout") }),
  z.strictObject({ do: z.literal("callHelp") }),
  z.strictObject({ do: z.literal("cancel") }),
  /** Attendant: */
  z.strictObject({ do: z.literal("dismissHelp") }),
  z.strictObject({ do: z.literal("approveAge"), line: LineItemId, approved: z.boolean() }),
  z.strictObject({ do: z.literal("void"), line: LineItemId }),
  z.strictObject({ do: z.literal("settleDoubt"), line: LineItemId, onTill: z.boolean() }),
  /** Sends what the till has refused once more, after the article was put right there. */
  z.strictObject({ do: z.literal("retryLine"), line: LineItemId }),
  z.strictObject({ do: z.literal("retryTotal") }),
  z.strictObject({ do: z.literal("suspend") }),
  z.strictObject({ do: z.literal("resume") }),
]);
export type BasketAction = z.infer<typeof BasketAction>;

export const attendantActions: ReadonlySet<BasketAction["do"]> = new Set([
  "dismissHelp",
  "approveAge",
  "void",
  "settleDoubt",
  "retryLine",
  "retryTotal",
  "suspend",
  "resume",
]);
