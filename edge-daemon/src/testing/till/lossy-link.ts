import type { ByteLink, WriteResult } from "../../pos/link/byte-link.js";

/** A bad cable: what is written through it may be changed, cut, doubled or lost on its way. */
export class LossyLink implements ByteLink {
  readonly #inner: ByteLink;
  readonly #damage: (bytes: Uint8Array) => Uint8Array;

  constructor(inner: ByteLink, damage: (bytes: Uint8Array) => Uint8Array) {
    this.#inner = inner;
    this.#damage = damage;
  }

  get path(): string {
    return this.#inner.path;
  }
  isOpen = (): boolean => this.#inner.isOpen();
  fault = () => this.#inner.fault();
  onBytes = (listener: (chunk: Uint8Array) => void) => this.#inner.onBytes(listener);
  onState = (listener: () => void) => this.#inner.onState(listener);
  start = (): Promise<void> => this.#inner.start();
  stop = (): Promise<void> => this.#inner.stop();

  async write(bytes: Uint8Array): Promise<WriteResult> {
    const arriving = this.#damage(bytes);
    return arriving.length > 0 ? this.#inner.write(arriving) : { kind: "written" };
  }
}

/** Damages one write in `one in`, each kind alike; `random` gives numbers from 0 up to 1. */
export function randomDamage(random: () => number, oneIn: number): (bytes: Uint8Array) => Uint8Array {
  const below = (n: number) => Math.floor(random() * n);
  return (bytes) => {
    if (below(oneIn) > 0) return bytes;
    const at = below(bytes.length);
    switch (below(4)) {
      case 0:
        return new Uint8Array();
      case 1:
        return bytes.subarray(0, at);
      case 2:
        return Uint8Array.from([...bytes, ...bytes]);
      default:
        return bytes.map((byte, i) => (i === at ? byte ^ (1 + below(255)) : byte));
    }
  };
}
