import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { z } from "zod";

/** No rules but a length, after NIST SP 800-63B 5.1.1.2: rules of composition make passwords worse. */
export const Password = z.string().min(10, "a password has at least 10 characters").max(200);

/** N = 2^15, r = 8, p = 3: OWASP's password storage cheat sheet; 32 MiB, about 0.2 s of a core. */
const cost = { log2N: 15, r: 8, p: 3 };
const saltBytes = 16;
const keyBytes = 32;

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** One at a time: many sign-ins at once take neither all memory nor every thread of the pool. */
let turn: Promise<unknown> = Promise.resolve();
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = turn.then(work);
  turn = mine.catch(() => {});
  return mine;
}

const keyOf = (password: string, salt: Buffer, { log2N, r, p }: typeof cost, length: number) =>
  // NFKC, so that a password typed on another keyboard is the same.
  inTurn(() => derive(password.normalize("NFKC"), salt, length, { N: 2 ** log2N, r, p, maxmem: 2 ** 28 }));

/** `scrypt$LOG2N$R$P$SALT$KEY`: a later cost can be told from this one. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const key = await keyOf(password, salt, cost, keyBytes);
  return ["scrypt", cost.log2N, cost.r, cost.p, salt.toString("base64url"), key.toString("base64url")].join(
    "$",
  );
}

/** Stands where there is no account, so that the answer takes as long. */
const nobody = ["scrypt", cost.log2N, cost.r, cost.p, "AAAAAAAAAAAAAAAAAAAAAA", "A".repeat(43)].join("$");

/** @param stored undefined: there is no such account; takes as long and never fits */
export async function fitsPassword(stored: string | undefined, password: string): Promise<boolean> {
  const [, log2N, r, p, salt = "", key = ""] = (stored ?? nobody).split("$");
  const want = Buffer.from(key, "base64url");
  const parameters = { log2N: Number(log2N), r: Number(r), p: Number(p) };
  const have = await keyOf(password, Buffer.from(salt, "base64url"), parameters, want.length);
  return timingSafeEqual(have, want) && stored !== undefined;
}
