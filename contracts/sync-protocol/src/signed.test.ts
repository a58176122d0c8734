import type { CatalogHead } from "@tillsight/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame } from "./frame.js";
import { generateSigningKey, parsePublicKey, parseSigningKey, publicKeyText, signingKeyPem } from "./keys.js";
import { readMessage, sealDelta, sealHead, sealManifest } from "./messages.js";
import { seal } from "./signed.js";
import { hex } from "./state-hash.js";
import { delta, trusting } from "./test-helpers.js";

const key = generateSigningKey();
const other = generateSigningKey();
const trust = trusting(key);
const sealed = sealDelta("store-1", delta(), key);

const reasonOf = (bytes: Uint8Array, store = "store-1", trusted = trust): string => {
  try {
    readMessage(bytes, store, trusted);
  } catch (error) {
    return (error as { reason?: string }).reason ?? String(error);
  }
  return "none";
};

it("what headquarters signed is read again", () => {
  expect(readMessage(sealed, "store-1", trust)).toMatchObject({
    kind: "delta",
    delta: { fromLsn: 4, toLsn: 9 },
  });
  const head: CatalogHead = {
    ...{ epoch: 1, lsn: 9, oldestLsn: 0, stateHash: new Uint8Array(32), rows: 3, snapshot: null },
    ...{ embedderId: "e", sequence: 1, issuedAt: 1 },
  };
  expect(readMessage(sealHead("store-1", head, key), "store-1", trust)).toMatchObject({ kind: "head", head });
  const manifest = {
    ...{ epoch: 1, lsn: 9, stateHash: new Uint8Array(32), embedderId: "e", rows: 1, cutAt: 1 },
    chunks: [[new Uint8Array(32), 10] as [Uint8Array, number]],
  };
  const { id, bytes } = sealManifest("store-1", manifest, key);
  expect(readMessage(bytes, "store-1", trust)).toMatchObject({ kind: "manifest", manifest, id });
});

describe("a message is refused", () => {
  it("whichever of its bits is flipped", () => {
    fc.assert(
      fc.property(fc.nat(sealed.length * 8 - 1), (bit) => {
        const bytes = Buffer.from(sealed);
        bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(["damaged", "truncated", "malformed"]).toContain(reasonOf(bytes));
      }),
      { numRuns: 500 },
    );
  });

  it("wherever it is cut off", () => {
    for (let length = 0; length < sealed.length; length++)
      expect(reasonOf(sealed.subarray(0, length))).toBe("truncated");
  });

  it("whatever stands in its place", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => reasonOf(bytes) !== "none"));
  });

  const forged = encodeFrame("delta", sealed.subarray(13, 21), Buffer.alloc(64, 1), sealed.subarray(13 + 72));
  const cases: [situation: string, bytes: Uint8Array, reason: string][] = [
    ["bytes after its end", Buffer.concat([sealed, Buffer.from([0])]), "malformed"],
    ["signed by somebody else", sealDelta("store-1", delta(), other), "unknownKey"],
    ["signed by nobody in headquarters' name", forged, "badSignature"],
    ["meant for another store", sealDelta("store-2", delta(), key), "badSignature"],
    [
      "a head played as a delta",
      encodeFrame("delta", seal("head", "store-1", sealed, key).subarray(13)),
      "badSignature",
    ],
    ["signed, but not what it says", seal("delta", "store-1", Buffer.from([0xa0]), key), "malformed"],
    ["signed, but no CBOR", seal("delta", "store-1", Buffer.from([0xff, 0x00]), key), "malformed"],
    ["too short for a signature", encodeFrame("delta", Buffer.alloc(71)), "malformed"],
    ["a chunk where a signature belongs", encodeFrame("chunk", Buffer.alloc(100)), "malformed"],
    ["a length that nobody sends", Buffer.concat([sealed.subarray(0, 5), Buffer.alloc(8, 0xff)]), "damaged"],
  ];
  it.each(cases)("%s", (_, bytes, reason) => {
    expect(reasonOf(bytes)).toBe(reason);
  });
});

describe("a key", () => {
  it("is written down and read again", () => {
    expect(parsePublicKey(publicKeyText(key.publicKey)).id).toBe(key.publicKey.id);
    expect(parseSigningKey(signingKeyPem(key)).publicKey.id).toBe(key.publicKey.id);
    expect(hex(sealed.subarray(13, 21))).toBe(key.publicKey.id);
  });

  it.each(["", "short", `${publicKeyText(key.publicKey)}x`, "+".repeat(43)])("is not: %j", (text) => {
    expect(() => parsePublicKey(text)).toThrow(/no public key/);
  });

  it("of another kind does not sign", () => {
    expect(() => parseSigningKey("-----BEGIN NONSENSE-----")).toThrow(/no PEM/);
  });
});
