import type { Random } from "../../../virtual/random.js";
import type { Sample } from "../draws.js";

const cosine = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, v, i) => sum + v * (b[i] ?? 0), 0);

/** Indices of `count` pictures of each class. */
function drawn(references: readonly Sample[], count: number, random: Random): Set<number> {
  const groups = new Map<number, number[]>();
  for (const [i, { classId }] of references.entries())
    groups.set(classId, [...(groups.get(classId) ?? []), i]);
  return new Set([...groups.values()].flatMap((group) => random.shuffle(group).slice(0, count)));
}

/**
 * recall@1, 0..1, mean over draws of `count` references of each class.
 * A photo may be one vector as a reference and another as a question, so that `drawReferences` does not serve here.
 * @param same the queries are of the same pictures, in the same order: those that were drawn are not asked about.
 */
export function recallOf(
  references: readonly Sample[],
  queries: readonly Sample[],
  same: boolean,
  count: number,
  draws: number,
  random: Random,
): number {
  const recalls = Array.from({ length: draws }, () => {
    const kept = drawn(references, count, random);
    const chosen = references.filter((_, i) => kept.has(i));
    const asked = same ? queries.filter((_, i) => !kept.has(i)) : queries;
    const right = asked.filter(({ classId, vector }) => {
      const scores = chosen.map((r) => cosine(vector, r.vector));
      return chosen[scores.indexOf(Math.max(...scores))]?.classId === classId;
    });
    return right.length / asked.length;
  });
  return recalls.reduce((a, b) => a + b, 0) / recalls.length;
}
