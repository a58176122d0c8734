import type { BasketAction, LaneView, LineItem, Sku } from "@tillsight/contracts";
import type { ScriptItem, Table } from "./script.js";
import { boxesOf, distance } from "./shopper.js";
import { demoProduct } from "./store.js";

/** What was wrong with the basket when the shopper looked it over. */
export interface Corrected {
  readonly what: "missing" | "tooMany" | "misnamed" | "misweighed";
  /** What the basket lacked or had too much of; for the last two what the line really is. */
  readonly sku: Sku;
  /** What a misnamed line was called; otherwise null. */
  readonly instead: Sku | null;
}

/** How it is put right, with the same actions as on the kiosk's page. */
export interface Correction extends Corrected {
  readonly action: BasketAction;
  /** The attendant is called for what shoppers may not do: rename what was recognised, void what seems to lie there. */
  readonly by: "shopper" | "attendant";
}

/** One piece of a line: a line of three that was added by hand is three. */
interface Piece {
  readonly line: LineItem;
  /** In half sizes of the thing; infinite for a line that follows nothing on the tray. */
  readonly awayFrom: (item: ScriptItem) => number;
}

/**
 * The next thing to put right before paying, as a shopper does who compares the screen with the tray; null when
 * they agree. Judged as a whole: which of two equal things a line follows does not matter. To be asked when
 * nothing is open (`nextDeed`); unnamed lines are left out.
 */
export function nextCorrection(view: LaneView, table: Table): Correction | null {
  const left = { pieces: piecesOf(view), things: [...table] };
  pairOff(left, ({ line }, item) => line.sku === item.sku && line.grams === netGrams(item));
  const [misweighed] = pairOff(left, ({ line }, item) => line.sku === item.sku);
  const [misnamed] = pairOff(left, ({ awayFrom }, item) => awayFrom(item) <= 1);
  const [extra] = left.pieces;
  const [thing] = left.things;
  if (misnamed) return rename(misnamed[0].line, misnamed[1].sku);
  if (extra) return takeOut(extra.line);
  if (misweighed) return weighAgain(misweighed[0].line, misweighed[1]);
  return thing ? add(view, thing.sku) : null;
}

const netGrams = ({ sku, grossGrams }: ScriptItem): number | null =>
  grossGrams === null ? null : grossGrams - demoProduct(sku).product.tareGrams;

function piecesOf(view: LaneView): Piece[] {
  const boxes = boxesOf(view);
  return view.basket.lines
    .filter((line) => line.sku !== null && line.till !== "voided")
    .flatMap((line) => {
      const box = line.trayItemId === null ? undefined : boxes.get(line.trayItemId);
      const awayFrom = (item: ScriptItem): number => (box ? distance(box, item) : Number.POSITIVE_INFINITY);
      return Array.from({ length: line.quantity }, () => ({ line, awayFrom }));
    });
}

/** Takes out of `left` what belongs together, nearest first, and gives it. */
function pairOff(
  left: { pieces: Piece[]; things: ScriptItem[] },
  fits: (piece: Piece, item: ScriptItem) => boolean,
): [Piece, ScriptItem][] {
  const pairs = left.pieces
    .flatMap((piece) => left.things.map((item) => ({ piece, item, away: piece.awayFrom(item) })))
    .filter(({ piece, item }) => fits(piece, item))
    // Not by subtraction: two infinite distances have none.
    .sort((a, b) => (a.away === b.away ? 0 : a.away < b.away ? -1 : 1));
  const taken = new Set<Piece | ScriptItem>();
  const matched: [Piece, ScriptItem][] = [];
  for (const { piece, item } of pairs) {
    if (taken.has(piece) || taken.has(item)) continue;
    taken.add(piece).add(item);
    matched.push([piece, item]);
  }
  left.pieces = left.pieces.filter((piece) => !taken.has(piece));
  left.things = left.things.filter((item) => !taken.has(item));
  return matched;
}

function rename(line: LineItem, sku: Sku): Correction {
  const action = { do: "resolve", line: line.id, sku } as const;
  return { what: "misnamed", sku, instead: line.sku, action, by: "attendant" };
}

function weighAgain(line: LineItem, { sku, grossGrams }: ScriptItem): Correction {
  const action = { do: "weigh", line: line.id, grossGrams: grossGrams ?? 0 } as const;
  return { what: "misweighed", sku, instead: null, action, by: "shopper" };
}

function takeOut(line: LineItem): Correction {
  const what = { what: "tooMany", sku: line.sku as Sku, instead: null } as const;
  if (line.trayItemId !== null) return { ...what, action: { do: "void", line: line.id }, by: "attendant" };
  const action: BasketAction =
    line.quantity > 1
      ? { do: "setQuantity", line: line.id, quantity: line.quantity - 1 }
      : { do: "remove", line: line.id };
  return { ...what, action, by: "shopper" };
}

/** Goods by weight are a line each; of others that were added by hand the quantity is raised. */
function add(view: LaneView, sku: Sku): Correction {
  const held = view.basket.lines.find(
    (line) => line.trayItemId === null && line.sku === sku && line.unit === "each" && line.till !== "voided",
  );
  const action: BasketAction = held
    ? { do: "setQuantity", line: held.id, quantity: held.quantity + 1 }
    : { do: "addSku", sku, quantity: 1 };
  return { what: "missing", sku, instead: null, action, by: "shopper" };
}
