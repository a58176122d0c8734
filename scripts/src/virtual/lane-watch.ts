import { type BasketAction, type LaneView, type Product, TillsightError } from "@tillsight/contracts";

/** What a shopper can see of the lane and do at it; the daemon's `LaneControl` is one. */
export interface LaneForShopper {
  view(): LaneView;
  /** Called after every change; returns the unsubscriber. */
  onChange(listener: () => void): () => void;
  /** @param by who does what both may do, when it must be the attendant */
  act(action: BasketAction, by?: "shopper" | "attendant"): Promise<void>;
  searchProducts(text: string, limit: number): Product[];
  picture(): Promise<{ readonly seq: number; readonly jpeg: Uint8Array } | null>;
}

/** The lane did not come to what the script waits for. */
export class LaneStuckError extends TillsightError {
  readonly code = "LANE_STUCK";

  constructor(waitedFor: string, seconds: number, view: LaneView) {
    super(
      `waited ${seconds} s for ${waitedFor}; the lane says ${describeView(view)}`,
      "Look at the lane's log and at the picture that was kept of this tray.",
    );
  }
}

/** One line on where the lane stands, for reports. */
export function describeView({ basket, tray, notices }: LaneView): string {
  const lines = basket.lines.map(
    (line) => `${line.sku ?? "?"}${line.need === "none" ? "" : `:${line.need}`}`,
  );
  const told = notices.length > 0 ? `, notices ${notices.map((notice) => notice.code).join(" ")}` : "";
  return `${basket.status}, tray ${tray.phase}, lines [${lines.join(" ")}]${told}`;
}

/** How often to look when nothing changes: for conditions that come true by time alone, ms. */
const LOOK_AGAIN_MS = 100;

/**
 * Resolves when `holds` is true of the lane.
 * @throws LaneStuckError after `limitMs`; the abort reason when `signal` aborts.
 */
export function until(
  lane: LaneForShopper,
  waitedFor: string,
  holds: (view: LaneView) => boolean,
  limitMs: number,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      clearInterval(again);
      clearTimeout(limit);
      unsubscribe();
      signal.removeEventListener("abort", onAbort);
      act();
    };
    const look = (): void => {
      if (holds(lane.view())) settle(resolve);
    };
    const onAbort = (): void => settle(() => reject(signal.reason));
    const again = setInterval(look, LOOK_AGAIN_MS);
    const limit = setTimeout(
      () => settle(() => reject(new LaneStuckError(waitedFor, limitMs / 1000, lane.view()))),
      limitMs,
    );
    const unsubscribe = lane.onChange(look);
    signal.addEventListener("abort", onAbort, { once: true });
    look();
  });
}

/** What a shopper sees change: which lines there are, what each wants, and whether the tray is settled. */
const signature = ({ basket, tray }: LaneView): string =>
  JSON.stringify([tray.phase, basket.lines.map(({ id, sku, need, quantity }) => [id, sku, need, quantity])]);

/**
 * Resolves when the tray is settled and the screen has not changed for `calmMs`; gives when the last change
 * was, ms on the clock of `monotonic`.
 */
export async function untilCalm(
  lane: LaneForShopper,
  limits: { readonly calmMs: number; readonly limitMs: number },
  signal: AbortSignal,
  monotonic: () => number = () => performance.now(),
): Promise<number> {
  let seen = signature(lane.view());
  let changedAt = monotonic();
  await until(
    lane,
    "a settled tray",
    (view) => {
      const now = signature(view);
      if (now !== seen) {
        seen = now;
        changedAt = monotonic();
      }
      return view.tray.phase === "settled" && monotonic() - changedAt >= limits.calmMs;
    },
    limits.limitMs,
    signal,
  );
  return changedAt;
}
