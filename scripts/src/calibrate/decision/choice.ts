/** One item that was asked about: what its candidates look like, and which of them it is. */
export interface Choice {
  /** Features of each candidate. */
  readonly candidates: readonly (readonly number[])[];
  /** Index of the right candidate; null: none of them. */
  readonly truth: number | null;
  readonly weight: number;
}

/** Weights of the features, then the bias. */
export type Weights = readonly number[];

/** Keeps weights small where the data does not ask for more. */
const DECAY = 1e-4;
const STEPS = 40;
/** A step that gains less ends the search. */
const ENOUGH = 1e-7;

const score = (w: Weights, x: readonly number[]): number =>
  x.reduce((sum, v, k) => sum + v * (w[k] ?? 0), w[x.length] ?? 0);

/** Probability of each candidate, and that it is none of them. */
export function probabilities(
  w: Weights,
  { candidates }: Pick<Choice, "candidates">,
): { each: number[]; none: number } {
  const logits = candidates.map((x) => score(w, x));
  const top = Math.max(0, ...logits);
  const parts = logits.map((z) => Math.exp(z - top));
  const rest = Math.exp(-top);
  const sum = parts.reduce((a, b) => a + b, rest);
  return { each: parts.map((p) => p / sum), none: rest / sum };
}

/** Mean of -log of the probability that was given to what was true. */
export function logLoss(w: Weights, choices: readonly Choice[]): number {
  let loss = 0;
  let total = 0;
  for (const choice of choices) {
    const { each, none } = probabilities(w, choice);
    const p = choice.truth === null ? none : (each[choice.truth] ?? 0);
    loss -= choice.weight * Math.log(Math.max(1e-12, p));
    total += choice.weight;
  }
  return loss / total;
}

const objective = (w: Weights, choices: readonly Choice[]): number =>
  logLoss(w, choices) + w.slice(0, -1).reduce((sum, v) => sum + (DECAY / 2) * v * v, 0);

/** Slope and curvature of the objective at `w`. */
function derivatives(w: Weights, choices: readonly Choice[]): { slope: number[]; curve: number[][] } {
  const size = w.length;
  const slope = w.map((v, k) => (k < size - 1 ? DECAY * v : 0));
  const curve = w.map((_, i) => w.map((_, j) => (i === j && i < w.length - 1 ? DECAY : 0)));
  const total = choices.reduce((sum, c) => sum + c.weight, 0);
  for (const choice of choices) {
    const { each } = probabilities(w, choice);
    const share = choice.weight / total;
    const rows = choice.candidates.map((x) => [...x, 1]);
    const mean = w.map((_, k) => rows.reduce((sum, x, c) => sum + (each[c] ?? 0) * (x[k] ?? 0), 0));
    const wanted = choice.truth === null ? null : rows[choice.truth];
    for (let i = 0; i < size; i++) {
      slope[i] = (slope[i] ?? 0) + share * ((mean[i] ?? 0) - (wanted?.[i] ?? 0));
      const row = curve[i] as number[];
      for (let j = 0; j < size; j++) {
        let second = 0;
        for (const [c, x] of rows.entries()) second += (each[c] ?? 0) * (x[i] ?? 0) * (x[j] ?? 0);
        row[j] = (row[j] ?? 0) + share * (second - (mean[i] ?? 0) * (mean[j] ?? 0));
      }
    }
  }
  return { slope, curve };
}

/** Solves `a x = b` by elimination with pivots. */
export function solve(a: readonly (readonly number[])[], b: readonly number[]): number[] {
  const rows = a.map((row, i) => [...row, b[i] ?? 0]);
  const n = rows.length;
  for (let col = 0; col < n; col++) {
    let pivot = col;
    for (let r = col + 1; r < n; r++)
      if (Math.abs(rows[r]?.[col] ?? 0) > Math.abs(rows[pivot]?.[col] ?? 0)) pivot = r;
    const [upper, lower] = [rows[col] as number[], rows[pivot] as number[]];
    rows[col] = lower;
    rows[pivot] = upper;
    const lead = rows[col] as number[];
    for (let r = 0; r < n; r++) {
      if (r === col) continue;
      const row = rows[r] as number[];
      const factor = (row[col] ?? 0) / (lead[col] || 1e-12);
      for (let k = col; k <= n; k++) row[k] = (row[k] ?? 0) - factor * (lead[k] ?? 0);
    }
  }
  return rows.map((row, i) => (row[n] ?? 0) / (row[i] || 1e-12));
}

/**
 * Conditional logit with "none of them" as the outside option, by Newton's method.
 * @param used features that may count; the others get weight 0.
 * @param rising features whose weight must not be negative: one that wants to be is left out.
 */
export function fitChoice(
  choices: readonly Choice[],
  used: readonly boolean[],
  rising: ReadonlySet<number>,
): Weights {
  const free = [...used.flatMap((u, k) => (u ? [k] : [])), used.length];
  let w: number[] = new Array<number>(used.length + 1).fill(0);
  let loss = objective(w, choices);
  for (let step = 0; step < STEPS; step++) {
    const { slope, curve } = derivatives(w, choices);
    const move = solve(
      free.map((i) => free.map((j) => curve[i]?.[j] ?? 0)),
      free.map((i) => slope[i] ?? 0),
    );
    let size = 1;
    let next = w;
    let reached = Number.POSITIVE_INFINITY;
    for (; size > 1e-3 && reached > loss; size /= 2) {
      next = w.map((v, k) => v - size * (free.includes(k) ? (move[free.indexOf(k)] ?? 0) : 0));
      reached = objective(next, choices);
    }
    if (!(loss - reached > ENOUGH)) break;
    w = next;
    loss = reached;
  }
  const falling = free.find((k) => rising.has(k) && (w[k] ?? 0) < 0);
  if (falling === undefined) return w;
  return fitChoice(
    choices,
    used.map((u, k) => u && k !== falling),
    rising,
  );
}
