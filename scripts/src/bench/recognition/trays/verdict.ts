import type { Sku } from "@tillsight/contracts";
import { assign, averagePrecision, mergedItems } from "./match.js";
import type { TrayResult } from "./measure.js";

/** What can go wrong with one item of a tray, or one box; worst for the shopper's bill first. */
export const failureKinds = [
  "sold as something else",
  "sold, though nothing is there",
  "missed",
  "two taken for one",
  "asked, without the truth",
  "not known",
  "asked about, though nothing is there",
] as const;
export type FailureKind = (typeof failureKinds)[number];

export interface TrayVerdict {
  /** Every item and count right when each box is given its best product: what RPC calls checkout accuracy. */
  readonly bestRight: boolean;
  /** Every item and count right as decided, nothing asked. */
  readonly decidedRight: boolean;
  /** The same once a shopper has answered the questions that hold the truth. */
  readonly answeredRight: boolean;
  /** Sum over products of how far the count is off, each box given its best product (RPC's counting distance). */
  readonly countingError: number;
  readonly found: number;
  readonly items: number;
  readonly asked: number;
  readonly failures: readonly FailureKind[];
  /** Items that no box has found, and whether one below the detector's threshold had. */
  readonly missed: readonly { readonly sku: Sku; readonly below: boolean }[];
  /** Of items sold as something else: what it is and what it was sold as. */
  readonly mistakes: readonly (readonly [truth: Sku, answer: Sku])[];
}

function counts(skus: readonly (Sku | undefined)[]): Map<Sku, number> {
  const out = new Map<Sku, number>();
  for (const sku of skus) if (sku) out.set(sku, (out.get(sku) ?? 0) + 1);
  return out;
}

function distance(a: ReadonlyMap<Sku, number>, b: ReadonlyMap<Sku, number>): number {
  let sum = 0;
  for (const sku of new Set([...a.keys(), ...b.keys()]))
    sum += Math.abs((a.get(sku) ?? 0) - (b.get(sku) ?? 0));
  return sum;
}

type Found = TrayResult["found"][number];

/** What the lane makes of one box: sold as this, asked with these, or not known. */
function named({ decision }: Found): { sold?: Sku; offered: readonly Sku[] } {
  if (decision.kind === "matched") return { sold: decision.sku, offered: [] };
  return { offered: decision.kind === "ambiguous" ? decision.candidates.map((c) => c.sku) : [] };
}

function failureOf(found: Found, truth: Sku | undefined): FailureKind | undefined {
  const { sold, offered } = named(found);
  if (truth === undefined)
    return sold ? "sold, though nothing is there" : "asked about, though nothing is there";
  if (sold) return sold === truth ? undefined : "sold as something else";
  if (offered.length === 0) return "not known";
  return offered.includes(truth) ? undefined : "asked, without the truth";
}

const missedOf = (
  missed: readonly number[],
  truth: TrayResult["truth"],
  foundBelow: readonly number[],
): TrayVerdict["missed"] =>
  missed.flatMap((i) => {
    const sku = truth[i]?.sku;
    return sku ? [{ sku, below: foundBelow.includes(i) }] : [];
  });

export function verdictOf({ truth, found, detections: all }: TrayResult): TrayVerdict {
  const boxes = truth.map(({ box }) => box);
  const detections = found.map(({ detection }) => detection);
  const items = assign(detections, boxes);
  const merged = mergedItems(detections, boxes);
  const truths = items.map((i) => truth[i]?.sku);
  const missed = [...truth.keys()].filter((i) => !items.includes(i));
  const failures = [
    ...found.flatMap((f, i) => failureOf(f, truths[i]) ?? []),
    ...missed.map((i): FailureKind => (merged.has(i) ? "two taken for one" : "missed")),
  ];
  const expected = counts(truth.map(({ sku }) => sku));
  const best = counts(found.map(({ evidence }) => evidence.votes[0]?.sku));
  const sold = found.map(named);
  const answered = sold.map(({ sold: sku, offered }, i) => {
    const real = truths[i];
    return sku ?? (real && offered.includes(real) ? real : undefined);
  });
  return {
    bestRight: distance(expected, best) === 0,
    decidedRight: sold.every((s) => s.sold) && distance(expected, counts(sold.map((s) => s.sold))) === 0,
    answeredRight: answered.every(Boolean) && distance(expected, counts(answered)) === 0,
    countingError: distance(expected, best),
    found: items.filter((i) => i >= 0).length,
    items: truth.length,
    asked: sold.filter((s) => !s.sold && s.offered.length > 0).length,
    failures,
    missed: missedOf(missed, truth, assign(all, boxes)),
    mistakes: sold.flatMap(({ sold: sku }, i) => {
      const real = truths[i];
      return sku && real && sku !== real ? [[real, sku] as const] : [];
    }),
  };
}

export interface TraysSummary {
  readonly trays: number;
  readonly bestRight: number;
  readonly decidedRight: number;
  readonly answeredRight: number;
  readonly countingError: number;
  readonly recall: number;
  readonly averagePrecision: number;
  /** Questions, of all items. */
  readonly asked: number;
  readonly failures: Readonly<Partial<Record<FailureKind, number>>>;
  readonly items: number;
}

/** Shares 0..1; the counting error is a mean a tray; failures are counted. */
export function summarise(results: readonly TrayResult[]): TraysSummary {
  const verdicts = results.map(verdictOf);
  const share = (of: (v: TrayVerdict) => boolean) => verdicts.filter(of).length / verdicts.length;
  const sum = (of: (v: TrayVerdict) => number) => verdicts.reduce((total, v) => total + of(v), 0);
  const failures: Partial<Record<FailureKind, number>> = {};
  for (const kind of verdicts.flatMap((v) => v.failures)) failures[kind] = (failures[kind] ?? 0) + 1;
  return {
    trays: results.length,
    bestRight: share((v) => v.bestRight),
    decidedRight: share((v) => v.decidedRight),
    answeredRight: share((v) => v.answeredRight),
    countingError: sum((v) => v.countingError) / verdicts.length,
    recall: sum((v) => v.found) / sum((v) => v.items),
    averagePrecision: averagePrecision(
      results.map(({ truth, detections }) => ({ detections, truths: truth.map(({ box }) => box) })),
    ),
    asked: sum((v) => v.asked) / sum((v) => v.items),
    failures,
    items: sum((v) => v.items),
  };
}
