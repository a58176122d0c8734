import { type Money, type Product, priceAt, type TimedPrice } from "@tillsight/contracts";
import type { Heads, ProductDetail, Terminal } from "../api/schemas.js";
import { amountOf, percentOf } from "./amount.js";
import type { PriceLine } from "./price-list.js";

/** Where the new prices hold. `null`: the whole chain. */
export type Scope = readonly string[] | null;

/** From when: at once and for good, or for a time. */
export type Period = { readonly from: string; readonly until: string | null } | null;

export type PlanProblem = "unknown" | "amount" | "twice";

export interface PlanLine {
  readonly line: number;
  readonly key: string;
  readonly detail: ProductDetail | null;
  readonly before: Money | null;
  readonly after: Money | null;
  readonly percent: number | null;
  /** So much more or less that it may be a slip. */
  readonly jump: boolean;
  readonly same: boolean;
  readonly problem: PlanProblem | null;
  /** Stores of the scope whose own price stays as it is. */
  readonly deaf: readonly string[];
}

/** A change of more than this is asked about, per cent. */
export const jumpPercent = 50;

/** What a list of new prices would do. `details`: those products that there are, by what they were asked for. */
export function planPrices(
  lines: readonly PriceLine[],
  details: ReadonlyMap<string, ProductDetail>,
  scope: Scope,
  now: number,
): PlanLine[] {
  const seen = new Set<string>();
  return lines.map(({ line, key, amount }) => {
    const detail = details.get(key) ?? null;
    const before = detail && priceIn(detail, scope, now);
    const after = detail && amountOf(amount, detail.product.price.currency);
    const sku = detail?.product.sku ?? key;
    const problem = !detail ? "unknown" : !after ? "amount" : seen.has(sku) ? "twice" : null;
    seen.add(sku);
    const percent = before && after ? percentOf(before, after) : null;
    return {
      ...{ line, key, detail, before, after, percent, problem },
      jump: percent !== null && Math.abs(percent) > jumpPercent,
      same: before !== null && after !== null && before.minor === after.minor,
      deaf: detail && scope === null ? storesWithOwnPrice(detail) : [],
    };
  });
}

/** The price that holds now: of the chain, or of the one store that the change is for. */
export function priceIn({ product, overrides }: ProductDetail, scope: Scope, now: number): Money {
  const [only, ...others] = scope ?? [];
  const own = only !== undefined && others.length === 0 ? overrides[only] : undefined;
  if (!own || (own.price === null && own.prices.length === 0)) return priceAt(product, now);
  return priceAt({ price: own.price ?? product.price, prices: own.prices }, now);
}

const storesWithOwnPrice = ({ overrides }: ProductDetail): string[] =>
  Object.entries(overrides)
    .filter(([, own]) => own.price !== null || own.prices.length > 0)
    .map(([store]) => store);

/** The lines that would change something. */
export const effective = (plan: readonly PlanLine[]): PlanLine[] =>
  plan.filter(({ problem, same }) => problem === null && !same);

/** What is sent as JSON Lines to `POST /api/imports`, in the kind that the scope asks for. */
export function importText(plan: readonly PlanLine[], scope: Scope, period: Period): string {
  const records = plan.flatMap(({ detail, after }) => {
    if (!detail || !after) return [];
    const { sku } = detail.product;
    if (scope === null) return [{ sku, ...newPrices(detail.product, after, period) }];
    return scope.map((store) => ({
      ...{ store, sku },
      ...newPrices(detail.overrides[store] ?? { prices: [] }, after, period),
    }));
  });
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}

function newPrices(
  current: Pick<Product, "prices">,
  price: Money,
  period: Period,
): { price: Money } | { prices: TimedPrice[] } {
  if (!period) return { price };
  const others = current.prices.filter(({ validFrom }) => validFrom !== period.from);
  const timed: TimedPrice = { price, validFrom: period.from, validUntil: period.until };
  return { prices: [...others, timed].sort((a, b) => (a.validFrom < b.validFrom ? -1 : 1)) };
}

export type Arrival = "has" | "waits" | "away";

/** Whether a lane has everything up to an LSN: its store was told all of it, and the lane has what it was told. */
export function arrivalAt(terminal: Terminal, lsn: number, heads: Heads): Arrival {
  const head = heads.stores[terminal.store];
  const has = head !== undefined && head.scannedLsn >= lsn && (terminal.beat?.lsn ?? -1) >= head.lsn;
  if (has) return "has";
  return terminal.presence === "online" ? "waits" : "away";
}
