import { named, type RollbackReport } from "./report.js";
import type { SkuSteps } from "./steps.js";

type Three = { created: number; changed: number; removed: number };
const none = (): Three => ({ created: 0, changed: 0, removed: 0 });

/** Counts what a roll-back does, and names the first of it. */
export class Tally {
  readonly #embedderId: string;
  readonly #products = none();
  readonly #overrides = none();
  readonly #references = none();
  readonly #sample: RollbackReport["sample"] = [];
  readonly #left: RollbackReport["left"] = { count: 0, items: [] };
  readonly #missing: RollbackReport["missing"] = { count: 0, items: [] };
  #skus = 0;
  #madeAgain = 0;

  constructor(embedderId: string) {
    this.#embedderId = embedderId;
  }

  add({ sku, name, product, counts, references, missing }: SkuSteps): void {
    this.#skus++;
    if (product) this.#products[product]++;
    for (const kind of ["created", "changed", "removed"] as const) {
      this.#overrides[kind] += counts.overrides[kind];
      this.#references[kind] += counts.references[kind];
    }
    this.#madeAgain += references.filter(({ embedderId }) => embedderId !== this.#embedderId).length;
    if (this.#sample.length < named) this.#sample.push({ sku, name, change: product ?? "belongings" });
    for (const reference of missing) note(this.#missing, { sku, reference });
  }

  left(sku: string, why: RollbackReport["left"]["items"][number]["why"]): void {
    note(this.#left, { sku, why });
  }

  report(rest: Pick<RollbackReport, "toLsn" | "throughLsn" | "lsn" | "undoes">): RollbackReport {
    return {
      ...rest,
      ...{ products: this.#products, overrides: this.#overrides, references: this.#references },
      ...{ sample: this.#sample, skus: this.#skus, left: this.#left, missing: this.#missing },
      madeAgain: this.#madeAgain,
    };
  }
}

function note<T>(list: { count: number; items: T[] }, item: T): void {
  list.count++;
  if (list.items.length < named) list.items.push(item);
}
