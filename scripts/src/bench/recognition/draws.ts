import type { Random } from "../../virtual/random.js";

/** One picture's vector and the class that it shows. */
export interface Sample {
  readonly classId: number;
  readonly vector: Float32Array;
}

/** Pictures by class. */
export function byClass(samples: readonly Sample[]): Map<number, Sample[]> {
  const groups = new Map<number, Sample[]>();
  for (const sample of samples) {
    const group = groups.get(sample.classId) ?? [];
    group.push(sample);
    groups.set(sample.classId, group);
  }
  return groups;
}

export interface Draw {
  readonly references: ReadonlyMap<number, readonly Float32Array[]>;
  /** Every picture that is no reference. */
  readonly queries: readonly Sample[];
}

/** `count` references of each class by chance; the other pictures are asked about. */
export function drawReferences(samples: readonly Sample[], count: number, random: Random): Draw {
  const references = new Map<number, Float32Array[]>();
  const queries: Sample[] = [];
  for (const [classId, group] of byClass(samples)) {
    const shuffled = random.shuffle(group);
    references.set(
      classId,
      shuffled.slice(0, count).map(({ vector }) => vector),
    );
    queries.push(...shuffled.slice(count));
  }
  return { references, queries };
}

/** Mean and standard deviation over draws. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
  readonly draws: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const finite = values.filter(Number.isFinite);
  const mean = finite.reduce((a, b) => a + b, 0) / finite.length;
  const squares = finite.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  const deviation = finite.length > 1 ? Math.sqrt(squares / (finite.length - 1)) : 0;
  return { mean, deviation, draws: finite.length };
}

/** A share as percent with one digit. */
export const percent = (share: number): string =>
  Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : "–";

/** `mean ± deviation` in percent. */
export const percentSpread = ({ mean, deviation }: Spread): string =>
  Number.isFinite(mean) ? `${(100 * mean).toFixed(1)} ± ${(100 * deviation).toFixed(1)} %` : "–";
