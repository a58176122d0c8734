import { concat } from "./bytes.js";

/**
 * Why bytes were thrown away. `noise`: between frames. `cut`: a frame that another one began inside of.
 * `checksum`: whole, but its check does not fit. `oversize`: longer than a frame may be. `malformed`: its
 * grammar is broken.
 */
export type DiscardReason = "noise" | "cut" | "checksum" | "oversize" | "malformed";

export interface Discarded {
  readonly kind: "discarded";
  readonly bytes: Uint8Array;
  readonly why: DiscardReason;
  readonly rest: Uint8Array;
}

/** What the front of a buffer is. Every step but `incomplete` takes at least one byte off it. */
export type Step<F> =
  | { readonly kind: "frame"; readonly frame: F; readonly bytes: Uint8Array; readonly rest: Uint8Array }
  | Discarded
  | { readonly kind: "incomplete" };

export type DecodeNext<F> = (buffer: Uint8Array) => Step<F>;

export function discard(buffer: Uint8Array, count: number, why: DiscardReason): Discarded {
  return { kind: "discarded", bytes: buffer.subarray(0, count), why, rest: buffer.subarray(count) };
}

/** The shell between a stream and a pure decoder: keeps the unfinished tail, which the decoder bounds. */
export class FrameReader<F> {
  readonly #decode: DecodeNext<F>;
  #tail: Uint8Array = new Uint8Array();

  constructor(decode: DecodeNext<F>) {
    this.#decode = decode;
  }

  /** Bytes held back because their frame is not whole yet. */
  get pending(): number {
    return this.#tail.length;
  }

  *push(chunk: Uint8Array): Generator<Exclude<Step<F>, { kind: "incomplete" }>> {
    this.#tail = concat(this.#tail, chunk);
    for (;;) {
      const step = this.#decode(this.#tail);
      if (step.kind === "incomplete") return;
      this.#tail = step.rest;
      yield step;
    }
  }

  /** Forgets the unfinished tail, for example because the line was cut; returns what it was. */
  reset(): Uint8Array {
    const tail = this.#tail;
    this.#tail = new Uint8Array();
    return tail;
  }
}
