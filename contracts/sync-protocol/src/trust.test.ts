import type { NodeName } from "@tillsight/contracts";
import { expect, it } from "vitest";
import { generateSigningKey, type SigningKey } from "./keys.js";
import { readMessage, sealDelta, sealEndorsement } from "./messages.js";
import { fromHex } from "./state-hash.js";
import { delta, trusting } from "./test-helpers.js";
import { Trust, type TrustChange } from "./trust.js";

const store: NodeName = "store-1";
const [first, second, third, thief] = Array.from({ length: 4 }, generateSigningKey) as [
  ...[SigningKey, SigningKey, SigningKey, SigningKey],
];

const endorse = (by: SigningKey, key: SigningKey, ...revoked: SigningKey[]) =>
  sealEndorsement(
    store,
    {
      publicKey: key.publicKey.raw,
      revokes: revoked.map(({ publicKey }) => fromHex(publicKey.id)),
      issuedAt: 1,
    },
    by,
  );

const take = (trust: Trust, ...frames: Buffer[]): TrustChange[] => {
  const kept: TrustChange[] = [];
  trust.take(Buffer.concat(frames), store, (change) => kept.push(change));
  return kept;
};

const says = (trust: Trust, key: SigningKey): string => {
  try {
    readMessage(sealDelta(store, delta(), key), store, trust);
  } catch (error) {
    return (error as { reason?: string }).reason ?? String(error);
  }
  return "believed";
};

it("a lane that missed two rotations follows the chain from the key that it has", () => {
  const trust = trusting(first);
  const kept = take(trust, endorse(first, second), endorse(second, third, first));
  expect(kept.map(({ publicKey, endorsedBy }) => [publicKey.id, endorsedBy])).toEqual([
    [second.publicKey.id, first.publicKey.id],
    [third.publicKey.id, second.publicKey.id],
  ]);
  expect([first, second, third].map((key) => says(trust, key))).toEqual([
    "revokedKey",
    "believed",
    "believed",
  ]);
});

it("the same list again changes nothing, although its first signer is revoked by now", () => {
  const trust = trusting(first);
  const list = [endorse(first, second), endorse(second, third, first)];
  expect(take(trust, ...list)).toHaveLength(2);
  expect(take(trust, ...list)).toEqual([]);
});

it("what was kept is enough for the next start, also against a key of the settings", () => {
  const trust = new Trust([first.publicKey], [second.publicKey], [first.publicKey.id]);
  expect(says(trust, second)).toBe("believed");
  expect(says(trust, first)).toBe("revokedKey");
  expect(trust.active).toEqual([second.publicKey.id]);
});

it("a revoked key endorses nobody", () => {
  const trust = trusting(first);
  take(trust, endorse(first, second, first));
  expect(() => take(trust, endorse(first, thief))).toThrow(/revoked/);
  expect(says(trust, thief)).toBe("unknownKey");
});

it("a stranger endorses nobody, and what stood before it in the list counts", () => {
  const trust = trusting(first);
  expect(() => take(trust, endorse(first, second), endorse(thief, thief))).toThrow(/not trusted/);
  expect(says(trust, second)).toBe("believed");
  expect(says(trust, thief)).toBe("unknownKey");
});

it("an endorsement of another store is none", () => {
  const trust = trusting(first);
  const frame = sealEndorsement(
    "store-2",
    { publicKey: second.publicKey.raw, revokes: [], issuedAt: 1 },
    first,
  );
  expect(() => take(trust, frame)).toThrow(/did not sign/);
});

it("a key that could not be kept is not believed", () => {
  const trust = trusting(first);
  const full = () => {
    throw new TypeError("disk full");
  };
  expect(() => trust.take(endorse(first, second), store, full)).toThrow(/disk full/);
  expect(says(trust, second)).toBe("unknownKey");
});
