import { dot, type Hit, insert } from "../vectors.js";

/** Vectors of one block: growing adds a block and copies nothing, which at 150,000 vectors is 150 MB. */
const blockSlots = 1024;

/**
 * Vectors that are searchable but not yet in the graph. Exact search over flat arrays: a change is found at
 * once, and entering the graph (a fraction of a millisecond each) can wait for a quiet moment.
 */
export class PendingVectors {
  readonly #size: number;
  readonly #blocks: Float32Array[] = [];
  readonly #labels: number[] = [];
  readonly #slots = new Map<number, number>();

  constructor(size: number) {
    this.#size = size;
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
    if (slot === this.#blocks.length * blockSlots)
      this.#blocks.push(new Float32Array(blockSlots * this.#size));
    this.#at(slot).set(vector);
    this.#labels.push(label);
    this.#slots.set(label, slot);
  }

  /** The last vector moves into the gap. */
  remove(label: number): boolean {
    const slot = this.#slots.get(label);
    if (slot === undefined) return false;
    const last = this.#labels.length - 1;
    const moved = this.#labels[last] as number;
    if (slot !== last) this.#at(slot).set(this.#at(last));
    this.#labels[slot] = moved;
    this.#slots.set(moved, slot);
    this.#labels.pop();
    this.#slots.delete(label);
    // One block stays in reserve, so that going back and forth over its edge costs nothing.
    if (this.#blocks.length > Math.ceil(last / blockSlots) + 1) this.#blocks.pop();
    return true;
  }

  /** One vector that waits, taken out; undefined when none does. */
  take(): readonly [number, Float32Array] | undefined {
    const slot = this.#labels.length - 1;
    if (slot < 0) return undefined;
    const label = this.#labels[slot] as number;
    const vector = this.#at(slot).slice();
    this.remove(label);
    return [label, vector];
  }

  nearest(query: Float32Array, k: number): Hit[] {
    const top: Hit[] = [];
    for (let slot = 0; slot < this.#labels.length; slot++) {
      const block = this.#blocks[Math.floor(slot / blockSlots)] as Float32Array;
      const score = dot(block, (slot % blockSlots) * this.#size, query, this.#size);
      if (top.length === k && score <= (top[k - 1] as Hit).score) continue;
      insert(top, { label: this.#labels[slot] as number, score }, k);
    }
    return top;
  }

  #at(slot: number): Float32Array {
    const from = (slot % blockSlots) * this.#size;
    return (this.#blocks[Math.floor(slot / blockSlots)] as Float32Array).subarray(from, from + this.#size);
  }
}
