import type { BasketAction, Box, LaneView, LineItem, LineNeed, Sku } from "@tillsight/contracts";
import type { ScriptItem, Table } from "./script.js";

/** Weight that is put on the scale for a line that should not have asked for one, grams. */
const ANY_WEIGHT = 500;

/** What the shopper does next about a line that needs something. */
export interface Deed {
  readonly line: LineItem["id"];
  /**
   * What the lane wanted. `ghost`: a line for something that does not lie there, which the attendant voids: to
   * the lane it looks like a thing on the tray, and those a shopper cannot take out of the sale.
   */
  readonly about: Exclude<LineNeed, "none"> | "ghost";
  /** What the line really is, as the shopper sees; null for a ghost. */
  readonly truth: Sku | null;
  /** Candidates that the lane offered. */
  readonly offered: readonly Sku[];
  /** Null where the product has to be searched by name first. */
  readonly action: BasketAction | null;
}

/** Where each tray item lies, by its id. */
export const boxesOf = (view: LaneView): Map<string, Box> =>
  new Map(view.tray.items.map((item) => [item.id, item.box]));

/**
 * Which scripted thing each line stands for: the tray item that it follows lies nearest to it, and one thing
 * has one line. A line that was added by hand stands for a thing of its SKU that no other line stands for.
 */
export function matchLines(view: LaneView, table: Table): Map<LineItem["id"], ScriptItem> {
  const boxes = boxesOf(view);
  const pairs = view.basket.lines.flatMap((line) => {
    const box = line.trayItemId === null ? undefined : boxes.get(line.trayItemId);
    if (!box || line.till === "voided") return [];
    return table.map((item) => ({ line: line.id, item, away: distance(box, item) }));
  });
  const matched = new Map<LineItem["id"], ScriptItem>();
  const taken = new Set<ScriptItem>();
  for (const { line, item, away } of pairs.sort((a, b) => a.away - b.away)) {
    if (away > 1 || matched.has(line) || taken.has(item)) continue;
    matched.set(line, item);
    taken.add(item);
  }
  for (const line of view.basket.lines) {
    if (line.trayItemId !== null || line.till === "voided") continue;
    const item = table.find((candidate) => candidate.sku === line.sku && !taken.has(candidate));
    if (!item) continue;
    matched.set(line.id, item);
    taken.add(item);
  }
  return matched;
}

/** From the middle of the box to the middle of the thing, in half sizes of the thing: within 1 they are one. */
export function distance(box: Box, { pose }: ScriptItem): number {
  return Math.hypot(box.x + box.w / 2 - pose.x, box.y + box.h / 2 - pose.y) / (pose.size / 2);
}

/**
 * The next thing to do before the basket can be paid; null when nothing is asked. The shopper answers what the
 * lane asks and has lines of nothing that it asks about voided. For lines that are wrong and ask for nothing, see
 * `nextCorrection`.
 */
export function nextDeed(view: LaneView, table: Table): Deed | null {
  const line = view.basket.lines.find(
    (candidate) => candidate.need !== "none" && candidate.till !== "voided",
  );
  if (!line || line.need === "none") return null;
  const item = matchLines(view, table).get(line.id) ?? null;
  const offered = line.candidates.map((candidate) => candidate.sku);
  const deed = { line: line.id, truth: item?.sku ?? null, offered };
  switch (line.need) {
    case "weight":
      return {
        ...deed,
        about: "weight",
        action: { do: "weigh", line: line.id, grossGrams: item?.grossGrams ?? ANY_WEIGHT },
      };
    case "ageApproval":
      return { ...deed, about: "ageApproval", action: { do: "approveAge", line: line.id, approved: true } };
    default: {
      if (!item) return { ...deed, about: "ghost", action: { do: "void", line: line.id } };
      const touch: BasketAction = { do: "resolve", line: line.id, sku: item.sku };
      return { ...deed, about: line.need, action: offered.includes(item.sku) ? touch : null };
    }
  }
}
