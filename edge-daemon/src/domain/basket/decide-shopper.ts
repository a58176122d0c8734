import type { BasketAction, LineItemId, Product, Sku } from "@tillsight/contracts";
import type { Draft } from "./commands.js";
import { closeIfFinished, queueBasket, withdrawQueued } from "./decide-till.js";
import { sellableProduct } from "./decide-tray.js";
import { freezeProduct } from "./identify.js";
import { type Rejection, reject } from "./rejection.js";
import { type LineState, needOf, netGrams } from "./state.js";

/** Who asked; ends up as the source of a line that a person named. */
export type Person = "shopper" | "attendant";
type Action<T extends BasketAction["do"]> = Extract<BasketAction, { do: T }>;
type Verdict = Rejection | undefined;

/** Why the basket's lines cannot be changed now. */
function notShopping(draft: Draft): Verdict {
  switch (draft.state.status) {
    case "shopping":
      return undefined;
    case "paying":
      return reject("BASKET_FROZEN");
    case "suspended":
      return reject("SUSPENDED");
    case "idle":
      return reject("NOT_OPEN");
    default:
      return reject("ALREADY_ENDED");
  }
}

/** Runs `then` with the line, if there is one and lines may be changed. */
export function onOpenLine(draft: Draft, id: LineItemId, then: (line: LineState) => Verdict): Verdict {
  const refused = notShopping(draft);
  if (refused) return refused;
  const line = draft.state.lines.find((l) => l.id === id);
  return line ? then(line) : reject("NO_SUCH_LINE");
}

function missing(draft: Draft, sku: Sku): Rejection {
  return draft.context.product(sku) ? reject("WRONG_CURRENCY", sku) : reject("NO_SUCH_PRODUCT", sku);
}

/** Goods by weight are refused before anybody weighs or pays them where the till's protocol has no weight. */
function notForTill(draft: Draft, products: readonly (Pick<Product, "name" | "unit"> | null)[]): Verdict {
  if (draft.context.capabilities.weight) return undefined;
  const names = products.flatMap((product) => (product?.unit === "weight" ? [product.name] : []));
  return names.length > 0 ? reject("TILL_TAKES_NO_WEIGHT", names.join(", ")) : undefined;
}

export function addSku(draft: Draft, action: Action<"addSku">, by: Person): Verdict {
  const { status } = draft.state;
  if (status === "paying" || status === "suspended") return notShopping(draft);
  const product = sellableProduct(draft, action.sku);
  if (!product) return missing(draft, action.sku);
  if (product.unit === "weight" && action.quantity > 1) return reject("WEIGHED_QUANTITY");
  const unsold = notForTill(draft, [product]);
  if (unsold) return unsold;
  draft.open();
  draft.emit({
    type: "lineAdded",
    lineItemId: draft.context.newId() as LineItemId,
    trayItemId: null,
    source: by,
    product: freezeProduct(product, draft.at),
    candidates: [],
    contested: false,
    quantity: action.quantity,
  });
  return undefined;
}

/** A shopper answers what recognition asked; renaming what it was sure of is the attendant's. */
export function resolve(draft: Draft, action: Action<"resolve">, by: Person): Verdict {
  return onOpenLine(draft, action.line, (line) => {
    const mayRename = by === "attendant" || (line.source === "shopper" && line.trayItemId !== null);
    // The tray may have named it while the answer was on its way: the same answer is none too many.
    if (line.product?.sku === action.sku && !mayRename) return undefined;
    if (line.product && !mayRename) return reject("ALREADY_IDENTIFIED");
    const product = sellableProduct(draft, action.sku);
    if (!product) return missing(draft, action.sku);
    if (product.unit === "weight" && line.quantity > 1) return reject("WEIGHED_QUANTITY");
    const unsold = notForTill(draft, [product]);
    if (unsold) return unsold;
    draft.emit({
      type: "lineIdentified",
      lineItemId: line.id,
      source: by,
      product: freezeProduct(product, draft.at),
    });
    return undefined;
  });
}

export function setQuantity(draft: Draft, action: Action<"setQuantity">): Verdict {
  return onOpenLine(draft, action.line, (line) => {
    // Also for the attendant: a tray line follows one thing, and goes when that thing goes.
    if (line.trayItemId !== null) return reject("TRAY_QUANTITY");
    if (line.product?.unit === "weight") return reject("WEIGHED_QUANTITY");
    if (line.quantity !== action.quantity)
      draft.emit({ type: "quantityChanged", lineItemId: line.id, quantity: action.quantity });
    return undefined;
  });
}

export function weigh(draft: Draft, action: Action<"weigh">): Verdict {
  return onOpenLine(draft, action.line, (line) => {
    if (line.product?.unit !== "weight") return reject("NOT_BY_WEIGHT");
    const unsold = notForTill(draft, [line.product]);
    if (unsold) return unsold;
    if (netGrams(line.product, action.grossGrams) === null)
      return reject("NOT_ABOVE_TARE", `${action.grossGrams} g with ${line.product.tareGrams} g of packaging`);
    draft.emit({ type: "lineWeighed", lineItemId: line.id, grossGrams: action.grossGrams });
    return undefined;
  });
}

/** @param by an attendant may also take out a line whose item stays on the tray */
export function removeLine(draft: Draft, id: LineItemId, by: Person): Verdict {
  return onOpenLine(draft, id, (line) => {
    if (line.trayItemId !== null && by === "shopper") return reject("ITEM_ON_TRAY");
    draft.emit({ type: "lineRemoved", lineItemId: line.id, reason: by });
    return undefined;
  });
}

export function checkout(draft: Draft): Verdict {
  const refused = notShopping(draft);
  if (refused) return refused;
  const { lines, approvedAge } = draft.state;
  if (lines.length === 0) return reject("EMPTY_BASKET");
  const products = lines.map((line) => line.product);
  const unsold = notForTill(draft, products);
  if (unsold) return unsold;
  const waiting = lines
    .map((line) => ({ name: line.product?.name ?? "unidentified item", need: needOf(line, approvedAge) }))
    .filter(({ need }) => need !== "none");
  if (waiting.length > 0)
    return reject("LINES_NOT_READY", waiting.map(({ name, need }) => `${name} (${need})`).join(", "));
  draft.emit({ type: "checkoutStarted" });
  queueBasket(draft);
  return undefined;
}

/** Ends a transaction that is being paid, as long as nothing of it stays on the till. */
function cancelPaying(draft: Draft): Verdict {
  const { lines, totalMessage } = draft.state;
  const messages = [...lines.flatMap((line) => [...line.pieces, line.voiding]), totalMessage];
  if (messages.some((m) => m?.state === "queued" && draft.context.underWay(m.messageId)))
    return reject("TILL_BUSY");
  const open = lines.filter((line) => !line.voided);
  if (open.some((line) => line.pieces.some((p) => p.state === "settled" || p.state === "inDoubt")))
    return reject("LINES_ON_TILL");
  withdrawQueued(draft);
  if (open.length === lines.length) {
    draft.emit({ type: "transactionCancelled", reason: "asked" });
    return undefined;
  }
  // The till has heard of this transaction and voided its part: it must close its receipt as well.
  for (const line of open) draft.emit({ type: "lineVoided", lineItemId: line.id, piecesByHand: 0 });
  closeIfFinished(draft);
  return undefined;
}

export function cancel(draft: Draft): Verdict {
  if (draft.state.status === "paying") return cancelPaying(draft);
  const refused = notShopping(draft);
  if (!refused) draft.emit({ type: "transactionCancelled", reason: "asked" });
  return refused;
}

export function callHelp(draft: Draft): Verdict {
  if (!draft.state.helpWanted) draft.emit({ type: "helpCalled" });
  return undefined;
}
