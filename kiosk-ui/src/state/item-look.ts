import type { DecisionReason, LineItem, ProductCard, Sku, TrayItem } from "@tillsight/contracts";

/** How an item's box is drawn; `name` null where there is none to show. */
export interface ItemLook {
  readonly id: string;
  readonly state: "matched" | "choice" | "unknown" | "occluded";
  readonly name: string | null;
  /** Cosine similarity or, of an unknown item, the detector's score. */
  readonly score: number;
  /** The line that waits for an answer about this item. */
  readonly ask: LineItem | null;
}

function scoreOf({ decision, detection }: TrayItem): number {
  if (decision.kind === "matched") return decision.score;
  if (decision.kind === "ambiguous") return decision.candidates[0]?.score ?? detection;
  return detection;
}

/**
 * What to draw over one item. The basket's line wins over the newest decision: a shopper who has answered is
 * not asked again by the picture.
 */
export function itemLook(
  item: TrayItem,
  lines: readonly LineItem[],
  cards: Readonly<Record<string, ProductCard>>,
): ItemLook {
  const line = lines.find((l) => l.trayItemId === item.id) ?? null;
  const { decision } = item;
  const decided = decision.kind === "matched" ? (cards[decision.sku]?.name ?? decision.sku) : null;
  const name = line?.sku ? line.name : decided;
  const ask = line && (line.need === "choice" || line.need === "identification") ? line : null;
  const open = decision.kind === "unknown" ? "unknown" : "choice";
  const asked = ask?.need === "identification" ? "unknown" : "choice";
  const state = item.occluded ? "occluded" : ask ? asked : name ? "matched" : open;
  return { id: item.id, state, name, score: scoreOf(item), ask };
}

/** What may be offered for a line: its candidates, or both sides of a conflict between barcode and picture. */
export function offersFor(line: LineItem, items: readonly TrayItem[]): Sku[] {
  if (line.candidates.length > 0) return line.candidates.slice(0, 4).map((c) => c.sku);
  const decision = items.find((item) => item.id === line.trayItemId)?.decision;
  if (decision?.kind === "conflict") return [decision.barcodeSku, decision.pictureSku];
  return decision?.kind === "unknown" ? decision.best.map((c) => c.sku) : [];
}

/** Why recognition says what it says of a line's item; null for a line that lies on no tray. */
export function reasonOf(line: LineItem, items: readonly TrayItem[]): DecisionReason | null {
  return items.find((item) => item.id === line.trayItemId)?.why ?? null;
}

/** Keeps a number and its sign on one line. */
const UNBROKEN = "\u00a0";

/** A probability as people say it; of 0.9996 the "100 %" that rounding makes would be a lie. */
export function inPercent(probability: number): string {
  if (probability > 0.99 && probability < 1) return `>${UNBROKEN}99${UNBROKEN}%`;
  return probability > 0 && probability < 0.01
    ? `<${UNBROKEN}1${UNBROKEN}%`
    : `${Math.round(100 * probability)}${UNBROKEN}%`;
}
