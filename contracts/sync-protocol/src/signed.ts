import type { NodeName } from "@tillsight/contracts";
import { SyncRefusedError } from "./errors.js";
import { encodeFrame, type Frame, type FrameKind, frameKinds } from "./frame.js";
import { keyId, type PublicKey, type SigningKey, signBytes, verifyBytes } from "./keys.js";
import { hex } from "./state-hash.js";

export type SignedKind = Exclude<FrameKind, "chunk">;

/** Key id (8) and signature (64) stand before the body. */
const prefixBytes = 72;

/**
 * What is signed: who speaks about what to whom, then the body. Without kind and store a head could be played
 * as a delta, or one store's prices to another.
 */
function signatureInput(kind: SignedKind, store: NodeName, body: Uint8Array): Buffer {
  const name = Buffer.from(store, "utf8");
  const about = Buffer.from([frameKinds[kind], name.length]);
  return Buffer.concat([Buffer.from("tillsight-catalog-sync/1\n", "latin1"), about, name, body]);
}

export function seal(kind: SignedKind, store: NodeName, body: Uint8Array, key: SigningKey): Buffer {
  const signature = signBytes(key, signatureInput(kind, store, body));
  return encodeFrame(kind, keyId(key.publicKey.raw), signature, body);
}

/** Who may sign. */
export interface TrustedKeys {
  key(id: string): { readonly publicKey: PublicKey; readonly revoked: boolean } | undefined;
}

export interface Opened {
  readonly kind: SignedKind;
  /** Of the key that signed. */
  readonly keyId: string;
  readonly body: Uint8Array;
  readonly revoked: boolean;
}

/** Checks the signature; a revoked key is reported, not refused. @throws SyncRefusedError */
export function openWithAnyKey({ kind, payload }: Frame, store: NodeName, trusted: TrustedKeys): Opened {
  if (kind === "chunk") throw new SyncRefusedError("malformed", "a chunk is not signed");
  if (payload.length < prefixBytes) throw new SyncRefusedError("malformed", "it has no signature");
  const id = hex(payload.subarray(0, 8));
  const found = trusted.key(id);
  if (!found) throw new SyncRefusedError("unknownKey", `key ${id} is not trusted here`);
  const body = payload.subarray(prefixBytes);
  if (!verifyBytes(found.publicKey, signatureInput(kind, store, body), payload.subarray(8, prefixBytes)))
    throw new SyncRefusedError("badSignature", `key ${id} did not sign this`);
  return { kind, keyId: id, body, revoked: found.revoked };
}

/** The body of a frame that a trusted key signed for this store. @throws SyncRefusedError */
export function open(frame: Frame, store: NodeName, trusted: TrustedKeys): Opened {
  const opened = openWithAnyKey(frame, store, trusted);
  if (opened.revoked) throw new SyncRefusedError("revokedKey", `key ${opened.keyId} was revoked`);
  return opened;
}
