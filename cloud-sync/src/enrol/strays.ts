import { JUDGED_FROM, STRAYS_FROM, straying } from "@tillsight/models";
import type { Sql } from "../storage/database.js";
import { withFinding } from "./quality/surplus.js";
import type { Conflict, Finding, Verdict } from "./quality/verdict.js";
import { tell } from "./queue/queue.js";

/** A reference with its place among the others. */
export interface Known {
  readonly id: string;
  readonly photo: string | null;
  readonly vector: Float32Array;
}

/** A reference that is nearer to another product's than to its own, and the nearest of that product's. */
export interface Stray {
  readonly id: string;
  readonly to: Conflict;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** What `one` of `own` strays to among `others`; null while its product has too few references to say. */
export function strayOf(
  one: Known,
  own: readonly Known[],
  others: Iterable<readonly [sku: string, references: readonly Known[]]>,
): Stray | null {
  if (own.length < JUDGED_FROM) return null;
  const mine = own.filter(({ id }) => id !== one.id).map(({ vector }) => dot(vector, one.vector));
  let farthest = STRAYS_FROM;
  let stray: Stray | null = null;
  for (const [sku, references] of others) {
    const scores = references.map(({ vector }) => dot(vector, one.vector));
    const by = straying(mine, scores);
    if (by === null || by < farthest) continue;
    farthest = by;
    const similarity = Math.max(...scores);
    const nearest = references[scores.indexOf(similarity)] as Known;
    stray = { id: one.id, to: { sku, reference: nearest.id, photo: nearest.photo, similarity } };
  }
  return stray;
}

const strayFinding = ({ sku }: Conflict): Finding => ({
  ...{ code: "stray", grade: "hold" },
  message: `it looks like product ${sku} rather than like the other pictures of its own`,
  fix: "Compare the two: reject it if it shows the other product; accept it if it is another side of this one.",
});

/** The verdict of a photo that strays; the product that it strays to is the one to compare with. */
export function strayVerdict(verdict: Verdict, { to }: Stray): Verdict {
  const others = verdict.conflicts.filter(({ sku }) => sku !== to.sku);
  return withFinding({ ...verdict, conflicts: [to, ...others] }, strayFinding(to));
}

/**
 * Puts enrolled photos before a person again. One that a person has accepted stays, and so does a reference that no
 * photo's job stands for: nobody could be asked about it.
 *
 * @returns ids of those that are no references any more.
 */
export async function holdStrays(tx: Sql, strays: readonly Stray[]): Promise<string[]> {
  const held: string[] = [];
  for (const stray of strays) {
    const { rows } = await tx.query<{ verdict: Verdict }>(
      "select verdict from enrol_job where id::text = $1 and state = 'enrolled' and not forced for update",
      [stray.id],
    );
    const [job] = rows;
    if (!job?.verdict) continue;
    await tx.query(
      "update enrol_job set state = 'held', verdict = $2::jsonb, changed_at = now() where id = $1",
      [stray.id, JSON.stringify(strayVerdict(job.verdict, stray))],
    );
    await tell(tx, stray.id);
    held.push(stray.id);
  }
  return held;
}
