import { type LineItem, type Money, money } from "@tillsight/contracts";

/** Lines that a shopper sees as one row. */
export interface LineGroup {
  readonly key: string;
  /** At least one; the first stands for all. */
  readonly lines: readonly [LineItem, ...LineItem[]];
  readonly quantity: number;
  readonly total: Money;
}

/** Same product at the same price in the same state; what waits for something or was added by hand stays alone. */
function keyOf(line: LineItem): string {
  const alone =
    line.need !== "none" || line.unit === "weight" || line.trayItemId === null || line.sku === null;
  return alone ? line.id : [line.sku, line.unitPrice.minor, line.till].join("|");
}

/** What only the shopper can answer. */
const asks = ({ lines: [line] }: LineGroup): boolean =>
  line.till !== "voided" &&
  (line.need === "choice" || line.need === "identification" || line.need === "weight");

/** Rows in the order in which their first line came; questions to the shopper before everything else. */
export function groupLines(lines: readonly LineItem[]): LineGroup[] {
  const groups = new Map<string, LineGroup>();
  for (const line of lines) {
    const key = keyOf(line);
    const group = groups.get(key);
    groups.set(key, {
      key,
      lines: group ? [...group.lines, line] : [line],
      quantity: (group?.quantity ?? 0) + line.quantity,
      total: money((group?.total.minor ?? 0) + line.total.minor, line.total.currency),
    });
  }
  const rows = [...groups.values()];
  return [...rows.filter(asks), ...rows.filter((row) => !asks(row))];
}
