import { expect, it } from "vitest";
import { type Chunk, Chunker, chunkRows, encodeChunk, maxChunkBytes, openChunk } from "./chunks.js";
import { decodeFrame } from "./frame.js";
import type { EncodedRow } from "./row.js";
import { hex } from "./state-hash.js";

/** As long as a reference's row. */
const row = (i: number, mark = 0): EncodedRow => {
  const bytes = Buffer.alloc(310, mark);
  bytes.writeUInt32BE(i);
  return { key: `r:${String(i).padStart(6, "0")}`, bytes, digest: bytes };
};

function cut(rows: readonly EncodedRow[]): Chunk[] {
  const chunker = new Chunker();
  const chunks = rows.map((r) => chunker.push(r)).concat(chunker.finish());
  return chunks.filter((chunk) => chunk !== undefined);
}

const many = Array.from({ length: 5000 }, (_, i) => row(i));

it("every row is in one chunk, in order, and no chunk is too long", () => {
  const chunks = cut(many);
  expect(chunks.length).toBeGreaterThan(8);
  expect(chunks.flatMap(({ bytes }) => chunkRows(bytes).map((b) => Buffer.from(b).readUInt32BE()))).toEqual(
    many.map((_, i) => i),
  );
  for (const { bytes } of chunks)
    expect(encodeChunk({ bytes, sha256: Buffer.alloc(32) }).length).toBeLessThan(256 * 1024);
  for (const { bytes } of chunks) expect(bytes.length).toBeLessThanOrEqual(maxChunkBytes);
});

it("a changed, an added and a removed row leave most chunks as they were", () => {
  const before = new Set(cut(many).map(({ sha256 }) => hex(sha256)));
  const changed = many.map((r, i) => (i === 100 ? row(100, 9) : r));
  const added = [...many.slice(0, 2000), { ...row(7, 7), key: "r:001999a" }, ...many.slice(2000)];
  for (const rows of [changed, added, many.filter((_, i) => i !== 3000)]) {
    const fresh = cut(rows).filter(({ sha256 }) => !before.has(hex(sha256)));
    expect(fresh.length).toBeGreaterThan(0);
    expect(fresh.length).toBeLessThanOrEqual(3);
  }
});

it("no rows are no chunk", () => {
  expect(cut([])).toEqual([]);
});

it("a chunk whose bytes are not those of its hash is refused", () => {
  const [chunk] = cut(many) as [Chunk];
  expect(openChunk(decodeFrame(encodeChunk(chunk)))).toEqual({ ...chunk, bytes: Buffer.from(chunk.bytes) });
  expect(() => openChunk(decodeFrame(encodeChunk({ ...chunk, sha256: Buffer.alloc(32) })))).toThrow(/hash/);
});
