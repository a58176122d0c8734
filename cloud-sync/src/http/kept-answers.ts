import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes, randomUUID } from "node:crypto";
import type { Database } from "../storage/database.js";

const keepMs = 24 * 3_600_000;
/** Longer than any call but an import; a copy of headquarters that was killed gives its work up after it. */
const leaseMs = 120_000;

/** An answer as it went out. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** `mine`: do the work and keep its answer. `running`: another does it now. `other`: the key was used for something else. */
export type Claim =
  | { readonly state: "mine"; readonly claim: string }
  | { readonly state: "running" }
  | { readonly state: "other" }
  | { readonly state: "answered"; readonly answer: KeptAnswer };

const hashOf = (text: string): Buffer => createHash("sha256").update(text).digest();
/** An answer may hold a new token: only who has the key, which is kept nowhere, can read it. */
const cipherKey = (key: string): Buffer =>
  Buffer.from(hkdfSync("sha256", key, "", "tillsight kept answer", 32));

function seal(key: string, answer: KeptAnswer): Buffer {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", cipherKey(key), iv);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(answer), "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
}

function open(key: string, bytes: Uint8Array): KeptAnswer {
  const decipher = createDecipheriv("aes-256-gcm", cipherKey(key), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  const plain = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]);
  return JSON.parse(plain.toString("utf8")) as KeptAnswer;
}

/** Calls with a key of their caller's, and what was answered: in the database, so that any copy answers again. */
export class KeptAnswers {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** One caller among any number at once gets `mine`. */
  async claim(actor: string, key: string, fingerprint: Buffer, now: Date): Promise<Claim> {
    const claim = randomUUID();
    const at = now.toISOString();
    const [lease, expires] = [leaseMs, keepMs].map((ms) => new Date(now.getTime() + ms).toISOString());
    const { affected } = await this.#db.query(
      `insert into kept_answer (actor, key_hash, fingerprint, claim, lease_until, expires_at)
       values ($1, $2, $3, $4, $5, $6)
       on conflict (actor, key_hash) do update set fingerprint = excluded.fingerprint, claim = excluded.claim,
         lease_until = excluded.lease_until, expires_at = excluded.expires_at, answer = null
       where kept_answer.expires_at <= $7 or (kept_answer.answer is null and kept_answer.lease_until <= $7
         and kept_answer.fingerprint = excluded.fingerprint)`,
      [actor, hashOf(key), fingerprint, claim, lease as string, expires as string, at],
    );
    if (affected === 1) return { state: "mine", claim };
    const { rows } = await this.#db.query<{ fingerprint: Uint8Array; answer: Uint8Array | null }>(
      "select fingerprint, answer from kept_answer where actor = $1 and key_hash = $2",
      [actor, hashOf(key)],
    );
    const [found] = rows;
    // Given up between the two: as if it still ran, the caller tries again.
    if (!found) return { state: "running" };
    if (!fingerprint.equals(found.fingerprint)) return { state: "other" };
    return found.answer === null
      ? { state: "running" }
      : { state: "answered", answer: open(key, found.answer) };
  }

  async keep(actor: string, key: string, claim: string, answer: KeptAnswer): Promise<void> {
    await this.#db.query(
      "update kept_answer set answer = $4 where actor = $1 and key_hash = $2 and claim = $3",
      [actor, hashOf(key), claim, seal(key, answer)],
    );
  }

  /** What failed may be tried again with the same key. */
  async giveUp(actor: string, key: string, claim: string): Promise<void> {
    await this.#db.query("delete from kept_answer where actor = $1 and key_hash = $2 and claim = $3", [
      ...[actor, hashOf(key), claim],
    ]);
  }

  /** Takes away what is older than a day. */
  async sweep(now: Date): Promise<void> {
    await this.#db.query("delete from kept_answer where expires_at <= $1", [now.toISOString()]);
  }
}
