import type { TillsightError } from "@tillsight/contracts";

/** How one write ended: `notOpen` when no byte left, `broken` when some may have. */
export type WriteResult =
  | { readonly kind: "written" }
  | { readonly kind: "notOpen"; readonly reason: string }
  | { readonly kind: "broken"; readonly reason: string };

/** A two-way stream of bytes that may come and go by itself, like a serial port on USB. */
export interface ByteLink {
  readonly path: string;
  isOpen(): boolean;
  /** Why it is not open; null while it is, and before the first attempt. */
  fault(): TillsightError | null;
  /** Ends when all bytes have left, in bounded time; never rejects. Writes queue in their order. */
  write(bytes: Uint8Array): Promise<WriteResult>;
  onBytes(listener: (chunk: Uint8Array) => void): () => void;
  /** Called at every change of `isOpen()`, and when the fault changes. */
  onState(listener: () => void): () => void;
  /** Ends after the first attempt to open; a missing port is no error but a fault that goes away by itself. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Listeners of one kind, in the order of adding; one may remove itself while being told. */
export class Listeners<A extends unknown[]> {
  readonly #set = new Set<(...args: A) => void>();

  add(listener: (...args: A) => void): () => void {
    this.#set.add(listener);
    return () => this.#set.delete(listener);
  }

  tell(...args: A): void {
    for (const listener of [...this.#set]) listener(...args);
  }
}
