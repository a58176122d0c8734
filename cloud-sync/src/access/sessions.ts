import type { Database, Sql } from "../storage/database.js";
import type { AccountRole } from "./accounts.js";
import { derived, hashOf, newSecret } from "./secret.js";

const hour = 3_600_000;
/** However busy. */
const longestMs = 12 * hour;
/** Without a call. */
const idleMs = 2 * hour;
/** A use is written down at most this often. */
const noteMs = 60_000;

export interface Session {
  readonly user: { readonly name: string; readonly role: AccountRole };
  /** What a write must bring along. It follows from the session's secret, so that it need not be stored. */
  readonly csrfToken: string;
  /** Earlier when it is not used for two hours. */
  readonly expiresAt: Date;
}

const csrfOf = (secret: string): string => derived(secret, "csrf");

/** Sign-ins of browsers. The secret is in the browser's cookie alone; here is its hash. */
export class Sessions {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Always a new secret: one that somebody gave the browser before is worth nothing. */
  async begin(
    tx: Sql,
    user: Session["user"],
    now: Date,
  ): Promise<{ readonly secret: string; readonly session: Session }> {
    const secret = newSecret();
    const expiresAt = new Date(now.getTime() + longestMs);
    await tx.query(
      "insert into session (id_hash, account, created_at, used_at, expires_at) values ($1, $2, $3, $3, $4)",
      [hashOf(secret), user.name, now.toISOString(), expiresAt.toISOString()],
    );
    await tx.query("delete from session where expires_at < $1 or used_at < $2", [
      ...[now.toISOString(), new Date(now.getTime() - idleMs).toISOString()],
    ]);
    return { secret, session: { user, csrfToken: csrfOf(secret), expiresAt } };
  }

  /** Undefined when there is none (any more), or its account is disabled. */
  async find(secret: string, now: Date): Promise<Session | undefined> {
    const { rows } = await this.#db.query<{ name: string; role: AccountRole; used: Date; expires: Date }>(
      `select a.name, a.role, s.used_at as used, s.expires_at as expires
       from session s join account a on a.name = s.account
       where s.id_hash = $1 and s.expires_at > $2 and s.used_at > $3 and not a.disabled`,
      [hashOf(secret), now.toISOString(), new Date(now.getTime() - idleMs).toISOString()],
    );
    const [found] = rows;
    if (!found) return undefined;
    if (now.getTime() - found.used.getTime() > noteMs)
      await this.#db.query("update session set used_at = $2 where id_hash = $1 and used_at < $2", [
        ...[hashOf(secret), now.toISOString()],
      ]);
    const { name, role, expires } = found;
    return { user: { name, role }, csrfToken: csrfOf(secret), expiresAt: expires };
  }

  /** @returns whose it was */
  async end(secret: string, sql: Sql = this.#db): Promise<string | undefined> {
    const { rows } = await sql.query<{ account: string }>(
      "delete from session where id_hash = $1 returning account",
      [hashOf(secret)],
    );
    return rows[0]?.account;
  }
}
