import type { Basket, TillMessage } from "@tillsight/contracts";

const rank = { idle: 0, shopping: 1, suspended: 1, paying: 2, done: 3, cancelled: 3 } as const;

/** What the till has of a sale, beside what the kiosk said; pieces and totals. */
export interface LedgerDifference {
  /** Sales that the kiosk took to the till. */
  readonly sales: number;
  /** Pieces and totals that these sales are worth. */
  readonly owed: number;
  /** Paid for at the kiosk, not in the till's log. */
  readonly lost: number;
  /** In the till's log once more than at the kiosk. */
  readonly doubled: number;
}

/** Remembers what the kiosk showed of every sale, over all lives of the lane; one for each proof. */
export class Ledger {
  readonly #seen = new Map<string, Basket>();
  #last: Basket | null = null;
  #forgotten = 0;

  /** Called with each basket that a page shows. */
  see(basket: Basket): void {
    this.#last = basket;
    if (basket.transactionId === null) return;
    const before = this.#seen.get(basket.transactionId);
    if (!before || rank[basket.status] >= rank[before.status]) this.#seen.set(basket.transactionId, basket);
  }

  /** Called with the first basket of a new life: what was shown before must still be there. */
  reopen(basket: Basket): void {
    if (this.#last) this.#forgotten += forgottenBetween(this.#last, basket);
    this.see(basket);
  }

  /** The basket as it was last seen. */
  get last(): Basket | null {
    return this.#last;
  }

  /** Lines and steps of a sale that were shown, and were gone after a restart. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** Each sale that went to the till, as the kiosk last showed it. */
  paid(booked: readonly TillMessage[]): Basket[] {
    const onTill = new Set(booked.map((entry) => entry.transactionId));
    // A sale whose payment had begun when the lane was killed may never have been shown as paying.
    return [...this.#seen.values()].filter(
      ({ status, transactionId }) =>
        status === "paying" || status === "done" || (transactionId !== null && onTill.has(transactionId)),
    );
  }

  compare(booked: readonly TillMessage[]): LedgerDifference {
    const paid = this.paid(booked);
    const owed = paid.flatMap(owedOf);
    const got = booked.flatMap(bookedAs);
    return {
      sales: paid.length,
      owed: owed.length,
      lost: without(owed, got).length,
      doubled: without(got, owed).length,
    };
  }
}

function owedOf({ transactionId, lines, status }: Basket): string[] {
  if (status === "cancelled") return [];
  const pieces = lines
    .filter((line) => line.till !== "voided")
    .flatMap((line) => Array.from({ length: line.quantity }, () => `${transactionId} ${line.sku}`));
  return [...pieces, `${transactionId} total`];
}

function bookedAs(entry: TillMessage): string[] {
  switch (entry.kind) {
    case "item":
      return Array.from({ length: entry.quantity }, () => `${entry.transactionId} ${entry.sku}`);
    case "total":
      return [`${entry.transactionId} total`];
    case "void":
      return [];
  }
}

/** The first list less the second, each entry counted. */
function without(list: readonly string[], less: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const entry of less) left.set(entry, (left.get(entry) ?? 0) + 1);
  return list.filter((entry) => {
    const count = left.get(entry) ?? 0;
    left.set(entry, count - 1);
    return count <= 0;
  });
}

function forgottenBetween(before: Basket, after: Basket): number {
  const open = before.status === "shopping" || before.status === "paying";
  if (!open) return 0;
  if (after.transactionId !== before.transactionId)
    // While it was away from the kiosk's page, a sale that was being paid may have ended.
    return before.status === "paying" ? 0 : before.lines.length;
  const back = rank[after.status] < rank[before.status] ? 1 : 0;
  if (rank[after.status] >= rank.done) return back;
  const now = new Map(after.lines.map((line) => [line.id, line.sku]));
  const gone = before.lines.filter(
    (line) => !now.has(line.id) || (line.sku !== null && now.get(line.id) !== line.sku),
  );
  return back + gone.length;
}
