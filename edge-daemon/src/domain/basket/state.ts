import {
  type Basket,
  type Candidate,
  InvariantError,
  type LineItem,
  type LineItemId,
  type LineNeed,
  type LineTill,
  type Money,
  money,
  scaleMoney,
  type TransactionId,
} from "@tillsight/contracts";
import type { FrozenProduct } from "./events.js";

/** One message on its way to the till. */
export interface Piece {
  readonly messageId: string;
  /** How many of the line's pieces it stands for; 0 for a void or a total. */
  readonly units: number;
  readonly state: "queued" | "settled" | "refused" | "inDoubt" | "withdrawn";
  readonly reason: string | null;
}

export interface LineState {
  readonly id: LineItemId;
  readonly trayItemId: string | null;
  /** Its tray item was followed by a tracker that is gone; the next settled tray finds it again or not. */
  readonly adrift: boolean;
  readonly source: LineItem["source"];
  readonly product: FrozenProduct | null;
  readonly candidates: readonly Candidate[];
  /** Recognition has contradicted itself about this item: only a person may name it from here on. */
  readonly contested: boolean;
  readonly quantity: number;
  readonly grossGrams: number | null;
  readonly pieces: readonly Piece[];
  readonly voiding: Piece | null;
  /** Set once the line is void; the number of pieces a person must take back at the till. */
  readonly voided: { readonly piecesByHand: number } | null;
}

/** An item that lies on the tray and that a person has taken out of the sale. */
export interface DismissedItem {
  readonly trayItemId: string;
  readonly sku: string | null;
  readonly adrift: boolean;
}

/** All that is known of the transaction; `viewBasket` is what others see of it. */
export interface BasketState {
  readonly transactionId: TransactionId | null;
  readonly status: Basket["status"];
  readonly currency: string;
  readonly lines: readonly LineState[];
  readonly dismissed: readonly DismissedItem[];
  readonly helpWanted: boolean;
  /** False from the end of a sale until the tray was seen empty: what still lies there is paid for. */
  readonly trayArmed: boolean;
  readonly suspendedFrom: "shopping" | "paying" | null;
  /** The highest age an attendant has vouched for in this transaction, years. */
  readonly approvedAge: number;
  readonly totalMessage: Piece | null;
  readonly endedAt: number | null;
}

export const emptyBasket = (currency: string): BasketState => ({
  transactionId: null,
  status: "idle",
  currency,
  lines: [],
  dismissed: [],
  helpWanted: false,
  trayArmed: true,
  suspendedFrom: null,
  approvedAge: 0,
  totalMessage: null,
  endedAt: null,
});

/**
 * The state with one line changed, or taken out when `change` gives null.
 *
 * @throws InvariantError when there is no such line
 */
export function withLine(
  state: BasketState,
  id: LineItemId,
  change: (line: LineState) => LineState | null,
): BasketState {
  if (!state.lines.some((line) => line.id === id)) throw new InvariantError(`no line ${id} in the basket`);
  return { ...state, lines: state.lines.flatMap((line) => (line.id === id ? (change(line) ?? []) : line)) };
}

/** Grams to charge: what the scale showed less the packaging; null while not weighed or nothing is left. */
export function netGrams(product: FrozenProduct | null, grossGrams: number | null): number | null {
  if (product?.unit !== "weight" || grossGrams === null) return null;
  const net = grossGrams - product.tareGrams;
  return net > 0 ? net : null;
}

/** Price of a line, rounded half up to whole minor units; zero while it is not identified or not weighed. */
export function priceLine(line: LineState, currency: string): Money {
  const { product } = line;
  if (!product) return money(0, currency);
  if (product.unit === "each") return scaleMoney(product.unitPrice, line.quantity);
  // In whole numbers until the last step, so that a half is exactly a half.
  const thousandths = product.unitPrice.minor * (netGrams(product, line.grossGrams) ?? 0);
  const minor = Math.sign(thousandths) * Math.floor((Math.abs(thousandths) + 500) / 1000) + 0;
  return money(minor, currency);
}

/** What stands between this line and paying; questions are asked one after the other in this order. */
export function needOf(line: LineState, approvedAge: number): LineNeed {
  const { product } = line;
  if (!product) return line.candidates.length >= 2 ? "choice" : "identification";
  if (product.unit === "weight" && netGrams(product, line.grossGrams) === null) return "weight";
  if (product.minAge !== null && product.minAge > approvedAge) return "ageApproval";
  return "none";
}

export function tillStateOf(line: LineState): LineTill {
  if (line.voided) return "voided";
  if (line.voiding) return "voidQueued";
  const pieces = line.pieces.filter((p) => p.state !== "withdrawn");
  if (pieces.length === 0) return "none";
  if (pieces.some((p) => p.state === "inDoubt")) return "inDoubt";
  if (pieces.some((p) => p.state === "refused")) return "refused";
  return pieces.every((p) => p.state === "settled") ? "settled" : "queued";
}

export function isPersonsChoice(line: LineState): boolean {
  return line.source === "shopper" || line.source === "attendant";
}

function viewLine(line: LineState, state: BasketState): LineItem {
  const { product } = line;
  return {
    id: line.id,
    trayItemId: line.trayItemId,
    sku: product?.sku ?? null,
    name: product?.name ?? "Unidentified item",
    unit: product?.unit ?? "each",
    quantity: line.quantity,
    grams: netGrams(product, line.grossGrams),
    unitPrice: product?.unitPrice ?? money(0, state.currency),
    taxRateBp: product?.taxRateBp ?? 0,
    total: priceLine(line, state.currency),
    source: line.source,
    need: needOf(line, state.approvedAge),
    candidates: [...line.candidates],
    minAge: product?.minAge ?? null,
    till: tillStateOf(line),
  };
}

/** Sum of the lines that are not voided. */
export function totalOf(state: BasketState): Money {
  const lines = state.lines.filter((line) => !line.voided);
  return money(
    lines.reduce((sum, line) => sum + priceLine(line, state.currency).minor, 0),
    state.currency,
  );
}

/** The basket as kiosk and headquarters know it. */
export function viewBasket(state: BasketState): Basket {
  return {
    transactionId: state.transactionId,
    status: state.status,
    currency: state.currency,
    lines: state.lines.map((line) => viewLine(line, state)),
    total: totalOf(state),
    helpWanted: state.helpWanted,
  };
}
