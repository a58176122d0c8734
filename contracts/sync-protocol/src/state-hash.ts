import { createHash } from "node:crypto";

/** A bit mask does what a remainder would, also for the negative numbers of a subtraction. */
const mask = (1n << 256n) - 1n;

/** SHA-256 of a row under its key. */
export const rowDigest = (key: string, row: Uint8Array): Buffer =>
  createHash("sha256").update(key, "utf8").update("\0").update(row).digest();

export const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

export const hex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");

export const fromHex = (text: string): Buffer => Buffer.from(text, "hex");

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/**
 * State of a catalog as one number: the sum of its row digests modulo 2^256, big-endian. Order does not matter
 * and a change costs one addition, so both sides keep it as they go. It finds what went astray; who wrote
 * something is the signature's business.
 */
export class StateHash {
  #sum: bigint;

  constructor(bytes: Uint8Array = new Uint8Array(32)) {
    this.#sum = BigInt(`0x${hex(bytes)}`);
  }

  add(digest: Uint8Array): this {
    this.#sum = (this.#sum + BigInt(`0x${hex(digest)}`)) & mask;
    return this;
  }

  remove(digest: Uint8Array): this {
    this.#sum = (this.#sum - BigInt(`0x${hex(digest)}`)) & mask;
    return this;
  }

  bytes(): Buffer {
    return fromHex(this.#sum.toString(16).padStart(64, "0"));
  }
}

/** Of a catalog without rows. */
export const emptyStateHash: Uint8Array = new Uint8Array(32);
