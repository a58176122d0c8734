/** One measured picture: `x` its features, `y` 1 for artificial, 0 for photo. */
export interface Sample {
  readonly x: readonly number[];
  readonly y: 0 | 1;
}

const steps = 4_000;
const rate = 0.3;
/** Keeps weights small where the data does not ask for more. */
const decay = 1e-4;

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** Logistic regression by gradient descent, both kinds weighing the same. @returns weights, then the bias. */
export function fitLogistic(samples: readonly Sample[]): number[] {
  const size = samples[0]?.x.length ?? 0;
  const mean = Array.from({ length: size }, (_, k) => average(samples.map((s) => s.x[k] ?? 0)));
  const spread = mean.map((m, k) => Math.sqrt(average(samples.map((s) => ((s.x[k] ?? 0) - m) ** 2))) || 1);
  const scaled = samples.map(({ x, y }) => ({
    x: x.map((v, k) => (v - (mean[k] ?? 0)) / (spread[k] ?? 1)),
    y,
  }));
  const share = {
    0: 0.5 / scaled.filter((s) => s.y === 0).length,
    1: 0.5 / scaled.filter((s) => s.y === 1).length,
  };
  const weights = new Array<number>(size + 1).fill(0);
  for (let step = 0; step < steps; step++) {
    const slope = new Array<number>(size + 1).fill(0);
    for (const { x, y } of scaled) {
      const z = x.reduce((sum, v, k) => sum + v * (weights[k] ?? 0), weights[size] ?? 0);
      const error = (sigmoid(z) - y) * share[y];
      x.forEach((v, k) => {
        slope[k] = (slope[k] ?? 0) + error * v;
      });
      slope[size] = (slope[size] ?? 0) + error;
    }
    slope.forEach((g, k) => {
      weights[k] = (weights[k] ?? 0) - rate * (g + (k < size ? decay * (weights[k] ?? 0) : 0));
    });
  }
  const plain = mean.map((_, k) => (weights[k] ?? 0) / (spread[k] ?? 1));
  return [...plain, (weights[size] ?? 0) - plain.reduce((sum, w, k) => sum + w * (mean[k] ?? 0), 0)];
}

const average = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / (values.length || 1);

/** Chance that a picture of `yes` has a higher value than one of `no`: 0.5 says nothing, 1 all. */
export function areaUnderCurve(yes: readonly number[], no: readonly number[]): number {
  let wins = 0;
  for (const a of yes) for (const b of no) wins += a > b ? 1 : a === b ? 0.5 : 0;
  return wins / Math.max(1, yes.length * no.length);
}
