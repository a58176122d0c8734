import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { SigningKeyError } from "./errors.js";
import { hex, sha256 } from "./state-hash.js";

/** A public key that signatures are checked with. */
export interface PublicKey {
  /** First 8 bytes of the SHA-256 of the raw key, in hexadecimal. */
  readonly id: string;
  /** The raw 32 bytes. */
  readonly raw: Uint8Array;
  readonly object: KeyObject;
}

export interface SigningKey {
  readonly publicKey: PublicKey;
  readonly object: KeyObject;
}

export const keyId = (raw: Uint8Array): Buffer => sha256(raw).subarray(0, 8);

/** @param raw 32 bytes of an Ed25519 public key. @throws SigningKeyError */
export function publicKey(raw: Uint8Array): PublicKey {
  try {
    const jwk = { kty: "OKP", crv: "Ed25519", x: Buffer.from(raw).toString("base64url") };
    const object = createPublicKey({ key: jwk, format: "jwk" });
    return { id: hex(keyId(raw)), raw: Uint8Array.from(raw), object };
  } catch (cause) {
    throw new SigningKeyError("this is no Ed25519 public key", "Copy the key from headquarters again.", {
      cause,
    });
  }
}

/** As people carry it: 43 characters of base64url. */
export const publicKeyText = (key: PublicKey): string => Buffer.from(key.raw).toString("base64url");

/** @throws SigningKeyError */
export function parsePublicKey(text: string): PublicKey {
  const raw = Buffer.from(text.trim(), "base64url");
  if (raw.length !== 32 || raw.toString("base64url") !== text.trim())
    throw new SigningKeyError(
      `"${text.slice(0, 60)}" is no public key of headquarters`,
      "Copy the 43 characters that cloud-sync prints.",
    );
  return publicKey(raw);
}

function fromPrivate(object: KeyObject): SigningKey {
  const { x } = createPublicKey(object).export({ format: "jwk" });
  return { publicKey: publicKey(Buffer.from(x ?? "", "base64url")), object };
}

export const generateSigningKey = (): SigningKey => fromPrivate(generateKeyPairSync("ed25519").privateKey);

/** PKCS #8 PEM. */
export const signingKeyPem = (key: SigningKey): string =>
  key.object.export({ type: "pkcs8", format: "pem" }).toString();

/** @throws SigningKeyError */
export function parseSigningKey(pem: string): SigningKey {
  let object: KeyObject;
  try {
    object = createPrivateKey(pem);
  } catch (cause) {
    throw new SigningKeyError(
      "the signing key is no PEM file",
      "Make one: `openssl genpkey -algorithm ed25519`.",
      {
        cause,
      },
    );
  }
  if (object.asymmetricKeyType !== "ed25519")
    throw new SigningKeyError(
      `the signing key is of type ${object.asymmetricKeyType}`,
      "Make one: `openssl genpkey -algorithm ed25519`.",
    );
  return fromPrivate(object);
}

export const signBytes = (key: SigningKey, bytes: Uint8Array): Buffer => sign(null, bytes, key.object);

export const verifyBytes = (key: PublicKey, bytes: Uint8Array, signature: Uint8Array): boolean =>
  verify(null, bytes, key.object, signature);
