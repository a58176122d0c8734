import type { Database } from "../storage/database.js";
import { type AccountRole, Accounts } from "./accounts.js";
import { SignInRefusedError } from "./errors.js";
import { Passwords } from "./password.js";
import { local, type Principal } from "./roles.js";
import { same } from "./secret.js";
import {
  logSecurity,
  readSecurity,
  type SecurityEvent,
  type SecurityQuery,
  type StoredSecurityEvent,
} from "./security-log.js";
import { type Session, Sessions } from "./sessions.js";
import { SetupLinks } from "./setup-links.js";
import { SignInTries } from "./sign-in-tries.js";
import { Tokens } from "./tokens.js";

export interface AccessOptions {
  readonly db: Database;
  /** Of this process; see `writeLocalToken`. */
  readonly localToken: string;
  readonly now?: () => Date;
  /** Work of a password's hash; see `Passwords`. */
  readonly passwordLog2N?: number | undefined;
}

/** Who may come in, and how. Nothing is remembered here: what one copy of headquarters takes back holds for all. */
export class Access {
  readonly accounts: Accounts;
  readonly tokens: Tokens;
  readonly setupLinks: SetupLinks;
  readonly now: () => Date;
  readonly #db: Database;
  readonly #sessions: Sessions;
  readonly #tries: SignInTries;
  readonly #localToken: string;
  readonly #passwords: Passwords;

  constructor({ db, localToken, now = () => new Date(), passwordLog2N }: AccessOptions) {
    this.#db = db;
    this.#localToken = localToken;
    this.now = now;
    this.#passwords = new Passwords(passwordLog2N);
    this.accounts = new Accounts(db, this.#passwords);
    this.tokens = new Tokens(db);
    this.setupLinks = new SetupLinks(db, this.#passwords);
    this.#sessions = new Sessions(db);
    this.#tries = new SignInTries(db);
  }

  /** Undefined when it is unknown, revoked or too old. */
  async byToken(token: string): Promise<Principal | undefined> {
    if (same(token, this.#localToken)) return local;
    const found = await this.tokens.find(token, this.now());
    return found && { kind: "token", name: found.name, role: found.role, actor: `token ${found.name}` };
  }

  session(secret: string): Promise<Session | undefined> {
    return this.#sessions.find(secret, this.now());
  }

  /**
   * @param before secret of the session that the browser has, which ends
   * @throws SignInRefusedError after the same time whether the account exists or not; SignInBlockedError
   */
  async signIn(
    typed: { readonly name: string; readonly password: string },
    address: string,
    before?: string,
  ): Promise<{ readonly secret: string; readonly session: Session }> {
    const name = typed.name.trim().toLowerCase();
    const now = this.now();
    const role = await this.#check(name, typed.password, address, now);
    const user = { name, role };
    return this.#db.transaction(async (tx) => {
      if (before !== undefined) await this.#sessions.end(before, tx);
      await this.#tries.succeeded(tx, name, address);
      await tx.query("update account set signed_in_at = $2 where name = $1", [name, now.toISOString()]);
      await logSecurity(tx, { kind: "sign-in", actor: name, subject: name, address }, now);
      return this.#sessions.begin(tx, user, now);
    });
  }

  /** Of somebody who is signed in, before something that only he may do. @throws SignInRefusedError, SignInBlockedError */
  async requirePassword(name: string, password: string, address: string): Promise<void> {
    await this.#check(name, password, address, this.now());
    await this.#tries.succeeded(this.#db, name, address);
  }

  async signOut(secret: string, address: string): Promise<void> {
    await this.#db.transaction(async (tx) => {
      const name = await this.#sessions.end(secret, tx);
      if (name !== undefined)
        await logSecurity(tx, { kind: "sign-out", actor: name, subject: name, address }, this.now());
    });
  }

  /** What happened outside of here, to terminals. */
  note(event: SecurityEvent): Promise<void> {
    return logSecurity(this.#db, event, this.now());
  }

  /** Newest first. */
  audit(query: SecurityQuery): Promise<StoredSecurityEvent[]> {
    return readSecurity(this.#db, query);
  }

  async #check(name: string, password: string, address: string, now: Date): Promise<AccountRole> {
    await this.#tries.begin(name, address, now);
    const { rows } = await this.#db.query<{ hash: string; role: AccountRole }>(
      "select password_hash as hash, role from account where name = $1 and not disabled",
      [name],
    );
    const [found] = rows;
    const fits = await this.#passwords.fits(found?.hash, password);
    if (fits && found) return found.role;
    await logSecurity(this.#db, { kind: "sign-in-failed", actor: name, subject: name, address }, now);
    throw new SignInRefusedError();
  }
}
