import type { Sku } from "@tillsight/contracts";
import type { Surroundings } from "../../domain/recognition/surroundings.js";
import type { IndexChange } from "../store.js";
import { dot, type Hit } from "../vectors.js";

/** A reference as it lies in the index. */
export interface Placed {
  readonly label: number;
  readonly vector: Float32Array;
}

interface Sources {
  /** Every reference of the product that the index searches. */
  referencesOf(sku: Sku): readonly Placed[];
  nearest(vector: Float32Array, k: number): readonly Hit[];
}

/** A reference of a product and the nearest one of another product. */
interface Neighbourhood extends Placed {
  readonly stranger: Hit | null;
}

interface Entry {
  readonly about: Surroundings | null;
  /** Labels of all its references, also of those that were not looked at. */
  readonly own: ReadonlySet<number>;
  readonly around: readonly Neighbourhood[];
}

/** References of one product that are looked at: more of them change its means by less than they cost. */
const LOOKED_AT = 8;
const NEAR = 16;
const FAR = 64;
/** Products remembered: some megabytes of vectors, and more than a day's goods. */
const REMEMBERED = 2_000;
/** Looking through everything for each change pays while there are few of them. */
const FEW_CHANGES = 8;

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** `count` of them, spread evenly. */
function spread<T>(of: readonly T[], count: number): readonly T[] {
  return of.length <= count
    ? of
    : of.filter((_, i) => Math.floor((i * count) / of.length) !== Math.floor(((i - 1) * count) / of.length));
}

/**
 * What the store's references say about its products, learnt when it is first asked for and remembered until a
 * change of the catalog could say otherwise: an added reference that is nearer than the nearest stranger, a removed
 * one that was it, a change of the product itself.
 */
export class SurroundingsMemory {
  readonly #sources: Sources;
  readonly #entries = new Map<Sku, Entry>();

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  of(sku: Sku): Surroundings | null {
    const known = this.#entries.get(sku);
    if (known) return known.about;
    const entry = this.#learn(sku);
    this.#entries.set(sku, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > REMEMBERED && oldest !== undefined) this.#entries.delete(oldest);
    return entry.about;
  }

  /** After the index took the changes. */
  apply(changes: readonly IndexChange[]): void {
    if (changes.length > FEW_CHANGES || changes.some(({ moved }) => moved)) this.clear();
    for (const [sku, entry] of this.#entries)
      if (changes.some((change) => concerns(change, sku, entry))) this.#entries.delete(sku);
  }

  clear(): void {
    this.#entries.clear();
  }

  #learn(sku: Sku): Entry {
    const all = this.#sources.referencesOf(sku);
    if (all.length === 0) return { about: null, own: new Set(), around: [] };
    const own = new Set(all.map(({ label }) => label));
    const around = spread(all, LOOKED_AT).map((placed) => ({
      ...placed,
      stranger: this.#stranger(placed, own),
    }));
    const strangers = around.flatMap(({ stranger }) => (stranger ? [stranger.score] : []));
    const about: Surroundings = {
      references: all.length,
      kin: all.length > 1 ? mean(around.map((placed) => nearestKin(placed, all))) : null,
      crowd: strangers.length > 0 ? mean(strangers) : null,
    };
    return { about, own, around };
  }

  #stranger({ vector }: Placed, own: ReadonlySet<number>): Hit | null {
    for (const k of [NEAR, FAR]) {
      const hits = this.#sources.nearest(vector, k);
      const found = hits.find(({ label }) => !own.has(label));
      if (found) return found;
      if (hits.length < k) return null;
    }
    return null;
  }
}

function nearestKin({ label, vector }: Placed, all: readonly Placed[]): number {
  const scores = all.flatMap((other) =>
    other.label === label ? [] : [dot(other.vector, 0, vector, vector.length)],
  );
  return Math.max(...scores);
}

function concerns({ removed, added }: IndexChange, sku: Sku, { about, own, around }: Entry): boolean {
  if (
    removed !== undefined &&
    (own.has(removed) || around.some(({ stranger }) => stranger?.label === removed))
  )
    return true;
  if (!added) return false;
  if (added.sku === sku || (about && about.crowd === null)) return true;
  return around.some(
    ({ vector, stranger }) => stranger && dot(added.vector, 0, vector, vector.length) > stranger.score,
  );
}
