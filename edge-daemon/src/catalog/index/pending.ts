import { dot, type Hit, insert } from "../vectors.js";

/**
 * Vectors that are searchable but not yet in the graph. Exact search over one flat array: a change is found at
 * once, and entering the graph (a fraction of a millisecond each) can wait for a quiet moment.
 */
export class PendingVectors {
  readonly #size: number;
  #data: Float32Array;
  readonly #labels: number[] = [];
  readonly #slots = new Map<number, number>();

  constructor(size: number) {
    this.#size = size;
    this.#data = new Float32Array(64 * size);
  }

  get count(): number {
    return this.#labels.length;
  }

  has(label: number): boolean {
    return this.#slots.has(label);
  }

  labels(): readonly number[] {
    return this.#labels;
  }

  add(label: number, vector: Float32Array): void {
    const slot = this.#labels.length;
    if ((slot + 1) * this.#size > this.#data.length) {
      const grown = new Float32Array(this.#data.length * 2);
      grown.set(this.#data);
      this.#data = grown;
    }
    this.#data.set(vector, slot * this.#size);
    this.#labels.push(label);
    this.#slots.set(label, slot);
  }

  /** The last vector moves into the gap. */
  remove(label: number): boolean {
    const slot = this.#slots.get(label);
    if (slot === undefined) return false;
    const last = this.#labels.length - 1;
    const moved = this.#labels[last] as number;
    this.#data.copyWithin(slot * this.#size, last * this.#size, (last + 1) * this.#size);
    this.#labels[slot] = moved;
    this.#slots.set(moved, slot);
    this.#labels.pop();
    this.#slots.delete(label);
    if (last === 0) this.#data = new Float32Array(64 * this.#size);
    return true;
  }

  /** One vector that waits, taken out; undefined when none does. */
  take(): readonly [number, Float32Array] | undefined {
    const slot = this.#labels.length - 1;
    if (slot < 0) return undefined;
    const label = this.#labels[slot] as number;
    const vector = this.#data.slice(slot * this.#size, (slot + 1) * this.#size);
    this.remove(label);
    return [label, vector];
  }

  nearest(query: Float32Array, k: number): Hit[] {
    const top: Hit[] = [];
    for (let slot = 0; slot < this.#labels.length; slot++) {
      const score = dot(this.#data, slot * this.#size, query, this.#size);
      if (top.length === k && score <= (top[k - 1] as Hit).score) continue;
      insert(top, { label: this.#labels[slot] as number, score }, k);
    }
    return top;
  }
}
