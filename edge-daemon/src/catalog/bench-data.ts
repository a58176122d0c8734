import { dot } from "./vectors.js";

/** A small generator with a seed (mulberry32), so that two runs measure the same vectors. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Standard normal, by Box and Muller. */
const normal = (random: () => number) =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Of each product; they lie a catalog's number of products apart. */
export const referencesOfOne = 3;

export interface SyntheticCatalog {
  readonly vectors: readonly Float32Array[];
  /** Another picture of a product of the catalog, as the lane's camera would see it. */
  query(): Float32Array;
}

/**
 * Vectors laid out like embeddings of pictures: products are points of a `latent`-dimensional space, each with
 * three references scattered around it, turned into `size` numbers by one random projection. Uniform random
 * vectors would say little: in 256 dimensions they are all equally far apart, which no embedder's are.
 */
export function syntheticCatalog(
  count: number,
  size: number,
  seed = 1,
  latent = 48,
  scatter = 0.35,
): SyntheticCatalog {
  const random = seededRandom(seed);
  const projection = Float32Array.from({ length: size * latent }, () => normal(random));
  const products = Array.from({ length: Math.ceil(count / referencesOfOne) }, () =>
    Float32Array.from({ length: latent }, () => normal(random)),
  );
  const picture = (product: Float32Array): Float32Array => {
    const seen = product.map((x) => x + scatter * normal(random));
    const vector = new Float32Array(size);
    for (let i = 0; i < size; i++) vector[i] = dot(projection, i * latent, seen, latent);
    const length = Math.sqrt(dot(vector, 0, vector, size));
    return vector.map((x) => x / length);
  };
  const vectors = Array.from({ length: count }, (_, i) =>
    picture(products[i % products.length] as Float32Array),
  );
  return { vectors, query: () => picture(products[Math.floor(random() * products.length)] as Float32Array) };
}
