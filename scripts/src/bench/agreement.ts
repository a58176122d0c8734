import { type AnalysedItem, decisionKey } from "@tillsight/edge-daemon";
import { intersectionOverUnion, type PrintLook } from "@tillsight/models";

/** What one provider made of one picture. */
export interface Seen {
  readonly items: readonly AnalysedItem[];
  /** One for each item, where the judge of pictures runs. */
  readonly looks: readonly PrintLook[];
}

/** How far a provider is from the cpu; sums and worst cases over pictures. */
export interface Agreement {
  readonly items: number;
  /** Items that only one of the two detected. */
  readonly onlyOne: number;
  /** Largest difference of a box's edge, pixels of the picture. */
  readonly box: number;
  /** Largest difference of one number of an embedding. */
  readonly embedding: number;
  /** Items whose nearest product is the same one. */
  readonly sameNearest: number;
  readonly sameDecision: number;
  /** Largest difference of the log-odds of being a picture. */
  readonly logOdds: number;
}

export const nothingCompared: Agreement = {
  ...{ items: 0, onlyOne: 0, box: 0, embedding: 0 },
  ...{ sameNearest: 0, sameDecision: 0, logOdds: 0 },
};

/** The same item is where the boxes cover each other at least this much. */
const sameItem = 0.8;

const furthest = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs((a[i] ?? 0) - (b[i] ?? 0)));
  return most;
};

const edges = ({ detection: { box } }: AnalysedItem) => [box.x, box.y, box.x + box.w, box.y + box.h];

function one(a: AnalysedItem, b: AnalysedItem, looks: readonly (PrintLook | undefined)[]): Agreement {
  const [x, y] = looks;
  const nearest = a.evidence.votes[0]?.sku === b.evidence.votes[0]?.sku;
  return {
    items: 1,
    onlyOne: 0,
    box: furthest(edges(a), edges(b)),
    embedding: furthest(a.vector, b.vector),
    sameNearest: Number(nearest),
    sameDecision: Number(decisionKey(a.decision) === decisionKey(b.decision)),
    logOdds: x && y ? Math.abs(x.logOdds - y.logOdds) : 0,
  };
}

export function joined(a: Agreement, b: Agreement): Agreement {
  return {
    items: a.items + b.items,
    onlyOne: a.onlyOne + b.onlyOne,
    box: Math.max(a.box, b.box),
    embedding: Math.max(a.embedding, b.embedding),
    sameNearest: a.sameNearest + b.sameNearest,
    sameDecision: a.sameDecision + b.sameDecision,
    logOdds: Math.max(a.logOdds, b.logOdds),
  };
}

/** Compares what two providers made of the same picture. Pure. */
export function agreementOn(cpu: Seen, other: Seen): Agreement {
  const left = new Set(other.items.keys());
  let sum = nothingCompared;
  for (const [i, item] of cpu.items.entries()) {
    const { box } = item.detection;
    const at = [...left].find(
      (k) => intersectionOverUnion(other.items[k]?.detection.box ?? box, box) >= sameItem,
    );
    const match = at === undefined ? undefined : other.items[at];
    if (at === undefined || !match) {
      sum = joined(sum, { ...nothingCompared, items: 1, onlyOne: 1 });
      continue;
    }
    left.delete(at);
    sum = joined(sum, one(item, match, [cpu.looks[i], other.looks[at]]));
  }
  return joined(sum, { ...nothingCompared, items: left.size, onlyOne: left.size });
}
