import {
  CatalogDelta,
  CatalogHead,
  KeyEndorsement,
  ModelOffer,
  type NodeName,
  SnapshotManifest,
} from "@tillsight/contracts";
import { decodeBody, encodeCbor } from "./cbor.js";
import { decodeFrame, type Frame } from "./frame.js";
import type { SigningKey } from "./keys.js";
import { open, seal, type TrustedKeys } from "./signed.js";
import { sha256 } from "./state-hash.js";

export const sealHead = (store: NodeName, head: CatalogHead, key: SigningKey): Buffer =>
  seal("head", store, encodeCbor(CatalogHead.parse(head)), key);

export const sealDelta = (store: NodeName, delta: CatalogDelta, key: SigningKey): Buffer =>
  seal("delta", store, encodeCbor(CatalogDelta.parse(delta)), key);

export const sealEndorsement = (store: NodeName, endorsement: KeyEndorsement, key: SigningKey): Buffer =>
  seal("key", store, encodeCbor(KeyEndorsement.parse(endorsement)), key);

export const sealModel = (store: NodeName, offer: ModelOffer, key: SigningKey): Buffer =>
  seal("model", store, encodeCbor(ModelOffer.parse(offer)), key);

const manifestId = (body: Uint8Array): Buffer => sha256(body).subarray(0, 16);

export function sealManifest(
  store: NodeName,
  manifest: SnapshotManifest,
  key: SigningKey,
): { readonly id: Buffer; readonly bytes: Buffer } {
  const body = encodeCbor(SnapshotManifest.parse(manifest));
  return { id: manifestId(body), bytes: seal("manifest", store, body, key) };
}

export type SignedMessage =
  | { readonly kind: "head"; readonly head: CatalogHead; readonly keyId: string }
  | { readonly kind: "delta"; readonly delta: CatalogDelta; readonly keyId: string }
  | {
      readonly kind: "manifest";
      readonly manifest: SnapshotManifest;
      readonly id: Buffer;
      readonly keyId: string;
    }
  | { readonly kind: "model"; readonly offer: ModelOffer; readonly keyId: string }
  | { readonly kind: "key"; readonly keyId: string };

/** What a trusted key said to this store. @throws SyncRefusedError */
export function openMessage(frame: Frame, store: NodeName, trusted: TrustedKeys): SignedMessage {
  const { kind, keyId, body } = open(frame, store, trusted);
  switch (kind) {
    case "head":
      return { kind, keyId, head: decodeBody(CatalogHead, body) };
    case "delta":
      return { kind, keyId, delta: decodeBody(CatalogDelta, body) };
    case "manifest":
      return { kind, keyId, manifest: decodeBody(SnapshotManifest, body), id: manifestId(body) };
    case "model":
      return { kind, keyId, offer: decodeBody(ModelOffer, body) };
    case "key":
      return { kind, keyId };
  }
}

/** See `openMessage`. @throws SyncRefusedError */
export const readMessage = (bytes: Uint8Array, store: NodeName, trusted: TrustedKeys): SignedMessage =>
  openMessage(decodeFrame(bytes), store, trusted);
