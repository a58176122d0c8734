import { crc32 } from "node:zlib";
import { z } from "zod";
import { decodeBody, encodeCbor } from "./cbor.js";
import { SyncRefusedError } from "./errors.js";
import { encodeFrame, type Frame } from "./frame.js";
import type { EncodedRow } from "./row.js";
import { sameBytes, sha256 } from "./state-hash.js";

export interface Chunk {
  readonly sha256: Buffer;
  /** CBOR array of rows, each a byte string. */
  readonly bytes: Uint8Array;
}

/** With its header a chunk stays below 256 KiB, which every broker lets pass. */
export const maxChunkBytes = 192 * 1024;
const leastChunkBytes = 48 * 1024;

/**
 * Cuts rows, given in the order of their keys, into chunks. Where a chunk ends depends on the keys alone (about
 * one in 256, once it is long enough), so a snapshot of tomorrow shares most chunks with today's, stores share
 * theirs with each other, and a lane that was cut off keeps what it has although a newer snapshot came.
 */
export class Chunker {
  #rows: Uint8Array[] = [];
  #bytes = 0;

  /** A chunk when one is full; `row` may be its last, or the first of the next. */
  push({ key, bytes }: EncodedRow): Chunk | undefined {
    const full = this.#bytes + bytes.length > maxChunkBytes - 1024 ? this.finish() : undefined;
    this.#rows.push(bytes);
    this.#bytes += bytes.length + 5;
    if (full || this.#bytes < leastChunkBytes || (crc32(key) & 0xff) !== 0) return full;
    return this.finish();
  }

  /** What is left; undefined when that is nothing. */
  finish(): Chunk | undefined {
    if (this.#rows.length === 0) return undefined;
    const bytes = encodeCbor(this.#rows);
    this.#rows = [];
    this.#bytes = 0;
    return { sha256: sha256(bytes), bytes };
  }
}

const Rows = z.array(z.instanceof(Uint8Array));

/** @throws SyncRefusedError("malformed") */
export const chunkRows = (bytes: Uint8Array): Uint8Array[] => decodeBody(Rows, bytes);

/** A chunk's frame is not signed: the signed manifest names its hash. */
export const encodeChunk = (chunk: Chunk): Buffer => encodeFrame("chunk", chunk.sha256, chunk.bytes);

/** @throws SyncRefusedError("malformed") when the bytes are not those of the hash. */
export function openChunk({ payload }: Frame): Chunk {
  const hash = Buffer.from(payload.subarray(0, 32));
  const bytes = payload.subarray(32);
  if (!sameBytes(sha256(bytes), hash))
    throw new SyncRefusedError("malformed", "a chunk's bytes do not have its hash");
  return { sha256: hash, bytes };
}
