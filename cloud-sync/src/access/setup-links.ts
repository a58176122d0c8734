import type { Database } from "../storage/database.js";
import { type Account, anyAccount, insertAccount, requireAccount } from "./accounts.js";
import { SetupDoneError, SetupRefusedError } from "./errors.js";
import { Passwords } from "./password.js";
import { hashOf, newSecret } from "./secret.js";
import { logSecurity } from "./security-log.js";

const livesMs = 24 * 3_600_000;
/** Arbitrary, the same in every copy of headquarters: only one of them makes the first administrator. */
const lockKey = 7_481_002;

/** One-time links: to become the first administrator, or to choose a new password. */
export class SetupLinks {
  readonly #db: Database;
  readonly #passwords: Passwords;

  constructor(db: Database, passwords = new Passwords()) {
    this.#db = db;
    this.#passwords = passwords;
  }

  /**
   * @param user whose password it sets; left out, it makes the first administrator
   * @returns the token of the link
   * @throws SetupDoneError when there is an administrator and no user is named; NotFoundError
   */
  async create(actor: string, now: Date, user?: string): Promise<string> {
    const token = newSecret();
    const expiresAt = new Date(now.getTime() + livesMs).toISOString();
    await this.#db.transaction(async (tx) => {
      if (user !== undefined) await requireAccount(tx, user);
      else if (await anyAccount(tx)) throw new SetupDoneError();
      await tx.query("delete from setup_link where expires_at < $1", [now.toISOString()]);
      await tx.query("insert into setup_link (token_hash, account, expires_at) values ($1, $2, $3)", [
        ...[hashOf(token), user ?? null, expiresAt],
      ]);
      await logSecurity(tx, { kind: "setup-link", actor, subject: user ?? "" }, now);
    });
    return token;
  }

  /**
   * The link's one use.
   * @throws SetupDoneError, SetupRefusedError
   */
  async redeem(token: string, name: string, password: string, now: Date, address: string): Promise<Account> {
    const { rows } = await this.#db.query<{ account: string | null }>(
      "select account from setup_link where token_hash = $1 and expires_at > $2",
      [hashOf(token), now.toISOString()],
    );
    const [link] = rows;
    if (link === undefined) {
      if (await anyAccount(this.#db)) throw new SetupDoneError();
      throw new SetupRefusedError();
    }
    if (link.account !== null && link.account !== name) throw new SetupRefusedError();
    const hash = await this.#passwords.hash(password);
    return this.#db.transaction(async (tx) => {
      await tx.query("select pg_advisory_xact_lock($1)", [lockKey]);
      if (link.account === null && (await anyAccount(tx))) throw new SetupDoneError();
      const { affected } = await tx.query("delete from setup_link where token_hash = $1", [hashOf(token)]);
      if (affected === 0) throw new SetupRefusedError();
      await logSecurity(tx, { kind: "set-up", actor: name, subject: name, address }, now);
      if (link.account === null) return insertAccount(tx, { name, role: "admin", hash }, name, now);
      await tx.query(
        "update account set password_hash = $2, disabled = false, changed_at = $3 where name = $1",
        [...[name, hash, now.toISOString()]],
      );
      await tx.query("delete from session where account = $1", [name]);
      return requireAccount(tx, name);
    });
  }
}
