import { dequantise, quantise } from "@tillsight/sync-protocol";
import { createRandom, type Random } from "../../virtual/random.js";
import { photograph } from "../../whole/store-front.js";

export interface VectorOptions {
  /** Vectors of the synthetic catalog, three for each product. */
  readonly synthetic: number;
  readonly queries: number;
  /** Photos of each product of the demo store: a third becomes references, the others ask; 0 leaves them out. */
  readonly photosEach: number;
  readonly seed?: number;
  readonly say?: (text: string) => void;
}

export interface VectorRow {
  readonly vectors: string;
  readonly references: number;
  readonly queries: number;
  readonly dimensions: number;
  /** Share of queries whose nearest reference is of the right product: whole numbers as sent, and as computed. */
  readonly recallFull: number;
  readonly recallSent: number;
  /** Percentage points. */
  readonly loss: number;
  /** Share of queries with the very same nearest reference. */
  readonly sameNearest: number;
  /** Largest angle between a vector and what is sent of it, degrees. */
  readonly worstAngle: number;
}

interface Labelled {
  readonly label: number;
  readonly vector: Float32Array;
}

/** Of DESIGN: int8 may cost less than this, percentage points. */
const budget = 0.2;

/** Products as points of a space of 48 dimensions, pictures scattered around them, seen through 256 numbers. */
function synthetic(count: number, queries: number, random: Random): [Labelled[], Labelled[]] {
  const [size, latent, scatter] = [256, 48, 0.5];
  const projection = Float32Array.from({ length: size * latent }, () => random.gauss());
  const products = Array.from({ length: Math.ceil(count / 3) }, () =>
    Float32Array.from({ length: latent }, () => random.gauss()),
  );
  const picture = (label: number): Labelled => {
    const seen = (products[label] as Float32Array).map((x) => x + scatter * random.gauss());
    const vector = new Float32Array(size);
    for (let i = 0; i < size; i++)
      for (let k = 0; k < latent; k++)
        vector[i] = (vector[i] as number) + (projection[i * latent + k] as number) * (seen[k] as number);
    return { label, vector: unit(vector) };
  };
  const references = Array.from({ length: count }, (_, i) => picture(i % products.length));
  return [references, Array.from({ length: queries }, () => picture(random.int(0, products.length - 1)))];
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
  return vector.map((x) => x / length);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function nearest(references: readonly Labelled[], query: Float32Array): number {
  let best = -1;
  let score = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < references.length; i++) {
    const s = dot((references[i] as Labelled).vector, query);
    if (s > score) [best, score] = [i, s];
  }
  return best;
}

/** Exact search, so that nothing but the encoding makes a difference. Queries are the lane's own: they are not sent. */
function compare(vectors: string, references: readonly Labelled[], queries: readonly Labelled[]): VectorRow {
  const sent = references.map(({ label, vector }) => ({ label, vector: dequantise(quantise(vector)) }));
  let [full, coded, same] = [0, 0, 0];
  for (const { label, vector } of queries) {
    const a = nearest(references, vector);
    const b = nearest(sent, vector);
    if (references[a]?.label === label) full++;
    if (references[b]?.label === label) coded++;
    if (a === b) same++;
  }
  const cosines = references.map(({ vector }, i) => dot(vector, (sent[i] as Labelled).vector));
  const worst = cosines.reduce((least, cosine) => Math.min(least, cosine), 1);
  const recallFull = full / queries.length;
  const recallSent = coded / queries.length;
  return {
    ...{ vectors, references: references.length, queries: queries.length },
    ...{ dimensions: references[0]?.vector.length ?? 0, recallFull, recallSent },
    ...{ loss: (recallFull - recallSent) * 100, sameNearest: same / queries.length },
    worstAngle: (Math.acos(worst) * 180) / Math.PI,
  };
}

/** What one byte for each number of a vector costs: on pictures that the shipped embedder saw, and on many synthetic ones. */
export async function proveVectors(options: VectorOptions): Promise<{ rows: VectorRow[]; passed: boolean }> {
  const { photosEach, say = () => {} } = options;
  const rows: VectorRow[] = [];
  if (photosEach > 0) {
    say(`photographing the demo store, ${photosEach} pictures of each product`);
    const { goods } = await photograph(undefined, photosEach);
    const all = goods.map(({ vectors }, label) => vectors.map((vector) => ({ label, vector })));
    const third = Math.ceil(photosEach / 3);
    const references = all.flatMap((list) => list.slice(0, third));
    rows.push(
      compare(
        "shipped embedder, demo store",
        references,
        all.flatMap((list) => list.slice(third)),
      ),
    );
  }
  say(`${options.synthetic} synthetic vectors`);
  const random = createRandom(options.seed ?? 1);
  rows.push(compare("synthetic", ...synthetic(options.synthetic, options.queries, random)));
  return { rows, passed: rows.every(({ loss }) => loss < budget) };
}

export function vectorTable(rows: readonly VectorRow[]): string {
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
  return [
    "| vectors | references | queries | numbers | recall@1 as computed | as sent, one byte a number | loss, points | same nearest | worst angle |",
    "|---|---|---|---|---|---|---|---|---|",
    ...rows.map(
      (r) =>
        `| ${[r.vectors, r.references, r.queries, r.dimensions, percent(r.recallFull), percent(r.recallSent), r.loss.toFixed(2), percent(r.sameNearest), `${r.worstAngle.toFixed(2)}°`].join(" | ")} |`,
    ),
  ].join("\n");
}
