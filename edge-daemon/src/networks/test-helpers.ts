import { createHash } from "node:crypto";
import type { ModelOffer } from "@tillsight/contracts";
import { networkId, readModel } from "@tillsight/models";
import type { Chunk } from "@tillsight/sync-protocol";

const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

const shipped = await readModel("print");

/** The network that ships for pictures of goods under another name, or with other weights; and its chunks. */
export function printNetwork(name: string, weights?: Uint8Array, chunkBytes = 100_000) {
  const bytes = weights ?? shipped.bytes;
  const own = { id: name, bytes: bytes.length, sha256: sha256(bytes).toString("hex") };
  const manifest = { ...shipped.manifest, ...own };
  const chunks: Chunk[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const part = bytes.subarray(at, at + chunkBytes);
    chunks.push({ sha256: sha256(part), bytes: part });
  }
  const offer: ModelOffer = {
    ...{ id: networkId(manifest), manifest: JSON.stringify(manifest) },
    chunks: chunks.map((chunk) => [chunk.sha256, chunk.bytes.length]),
  };
  return { id: offer.id, offer, chunks, weights: bytes, manifest };
}
