/** A field that two people changed in different ways. */
export interface Clash<K extends PropertyKey> {
  readonly field: K;
  readonly mine: unknown;
  readonly theirs: unknown;
}

export interface Merged<T> {
  /** With my value where both changed a field. */
  readonly merged: T;
  readonly clashes: readonly Clash<keyof T>[];
  /** Fields that only the other one changed. */
  readonly taken: readonly (keyof T)[];
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What I made of `base`, brought together with what somebody else made of it meanwhile, field by field. */
export function mergeChanges<T extends object>(base: T, mine: T, theirs: T): Merged<T> {
  const merged = { ...mine };
  const clashes: Clash<keyof T>[] = [];
  const taken: (keyof T)[] = [];
  for (const field of Object.keys(theirs) as (keyof T)[]) {
    const [was, my, their] = [base[field], mine[field], theirs[field]];
    if (same(was, their) || same(my, their)) continue;
    if (same(was, my)) {
      merged[field] = their;
      taken.push(field);
    } else clashes.push({ field, mine: my, theirs: their });
  }
  return { merged, clashes, taken };
}

/** Fields in which two records differ. */
export function changedFields<T extends object>(before: T, after: T): (keyof T)[] {
  const fields = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof T>;
  return [...fields].filter((field) => !same(before[field], after[field]));
}
