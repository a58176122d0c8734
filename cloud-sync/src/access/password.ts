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

/** Hashes passwords with scrypt, one at a time: many sign-ins at once take neither all memory nor every thread. */
export class Passwords {
  readonly #cost: typeof cost;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param log2N work of a hash, as a power of two */
  constructor(log2N = cost.log2N) {
    this.#cost = { ...cost, log2N };
  }

  /** `scrypt$LOG2N$R$P$SALT$KEY`: a later cost can be told from this one. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(saltBytes);
    const { log2N, r, p } = this.#cost;
    const key = await this.#key(password, salt, this.#cost, keyBytes);
    return ["scrypt", log2N, r, p, salt.toString("base64url"), key.toString("base64url")].join("$");
  }

  /** @param stored undefined: there is no such account; takes as long and never fits */
  async fits(stored: string | undefined, password: string): Promise<boolean> {
    const [, log2N, r, p, salt = "", key = ""] = (stored ?? this.#nobody()).split("$");
    const want = Buffer.from(key, "base64url");
    const parameters = { log2N: Number(log2N), r: Number(r), p: Number(p) };
    const have = await this.#key(password, Buffer.from(salt, "base64url"), parameters, want.length);
    return timingSafeEqual(have, want) && stored !== undefined;
  }

  #nobody(): string {
    const { log2N, r, p } = this.#cost;
    return ["scrypt", log2N, r, p, "AAAAAAAAAAAAAAAAAAAAAA", "A".repeat(43)].join("$");
  }

  #key(password: string, salt: Buffer, { log2N, r, p }: typeof cost, length: number): Promise<Buffer> {
    // NFKC, so that a password typed on another keyboard is the same.
    const plain = password.normalize("NFKC");
    const mine = this.#turn.then(() => derive(plain, salt, length, { N: 2 ** log2N, r, p, maxmem: 2 ** 28 }));
    this.#turn = mine.catch(() => {});
    return mine;
  }
}
