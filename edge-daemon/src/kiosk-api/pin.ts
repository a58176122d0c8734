import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { InvalidInputError } from "@tillsight/contracts";

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** scrypt's interactive parameters (RFC 7914, 2: N = 2^14, r = 8, p = 1): about 50 ms a try. */
const cost = { N: 16_384, r: 8, p: 1 };
const keyBytes = 32;
const digits = /^\d{4,12}$/;
const hashed = /^scrypt:([0-9a-f]{32}):([0-9a-f]{64})$/;

/**
 * What a configuration may hold instead of the digits: `scrypt:<salt>:<key>`, hexadecimal.
 * @throws InvalidInputError when the PIN has not 4 to 12 digits
 */
export async function hashPin(pin: string, salt: Buffer = randomBytes(16)): Promise<string> {
  if (!digits.test(pin))
    throw new InvalidInputError("an attendant's PIN has 4 to 12 digits", "Choose a PIN of 4 to 12 digits.");
  return `scrypt:${salt.toString("hex")}:${(await derive(pin, salt, keyBytes, cost)).toString("hex")}`;
}

/** Digits or hash to hash. @throws InvalidInputError when it is neither */
export async function asPinHash(secret: string): Promise<string> {
  return hashed.test(secret) ? secret : hashPin(secret);
}

export async function pinMatches(pin: string, hash: string): Promise<boolean> {
  const [, salt, key] = hashed.exec(hash) ?? [];
  if (!salt || !key) return false;
  return timingSafeEqual(
    await derive(pin, Buffer.from(salt, "hex"), keyBytes, cost),
    Buffer.from(key, "hex"),
  );
}
