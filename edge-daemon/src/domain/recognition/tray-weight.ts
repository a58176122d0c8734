import type { Weighed } from "./weight.js";

/** A still tray: what lies on it and what the scale says; null while it says nothing certain. */
export interface WeighedTray {
  /** The gate's count of settled phases. */
  readonly epoch: number;
  readonly ids: readonly string[];
  readonly grams: number | null;
}

interface Load {
  readonly ids: readonly string[];
  readonly grams: number;
}

export interface TrayWeight {
  readonly epoch: number;
  /** The tray as it last lay still before this phase; null where it was not weighed then. */
  readonly before: Load | null;
  readonly now: Load | null;
  /** By item, for as long as it lies there. */
  readonly items: ReadonlyMap<string, Weighed>;
}

export const freshTrayWeight: TrayWeight = { epoch: -1, before: null, now: null, items: new Map() };

const without = (ids: readonly string[], others: readonly string[]): string[] =>
  ids.filter((id) => !others.includes(id));

/**
 * One look at a still tray. An item's weight is what the tray gained when it was laid down alone: two at once, or one
 * laid down while another was taken away, are not told apart, and nobody is given their weight.
 *
 * @param deviation of one reading, grams.
 */
export function weighTray(
  state: TrayWeight,
  { epoch, ids, grams }: WeighedTray,
  deviation: number,
): TrayWeight {
  const before = epoch === state.epoch ? state.before : state.now;
  const now = grams === null ? (epoch === state.epoch ? state.now : null) : { ids, grams };
  const items = new Map([...state.items].filter(([id]) => ids.includes(id)));
  if (before && grams !== null) {
    const [added, ...more] = without(ids, before.ids);
    const gone = without(before.ids, ids);
    // Two readings err independently of each other.
    const weighed = { grams: grams - before.grams, deviation: deviation * Math.SQRT2 };
    const alone = added !== undefined && more.length === 0 && gone.length === 0;
    for (const id of without(ids, before.ids)) items.delete(id);
    if (alone && weighed.grams > 3 * weighed.deviation) items.set(added, weighed);
  }
  return { epoch, before, now, items };
}
