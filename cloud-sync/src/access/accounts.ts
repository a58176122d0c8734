import { z } from "zod";
import { ConflictError, NotFoundError } from "../errors.js";
import type { Database, Sql } from "../storage/database.js";
import { sqlState } from "../storage/database.js";
import type { Passwords } from "./password.js";
import { Role } from "./roles.js";
import { logSecurity } from "./security-log.js";

/** Names that stand for no person in the logs. */
const reserved: readonly string[] = ["local", "system", "api", "cli", "token", "me"];

export const AccountName = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._@+-]{0,79}$/, "a name of letters, digits, dots, dashes, or an e-mail address")
  .refine((name) => !reserved.includes(name), "this name is reserved");

/** A machine in a store gets a token, never an account. */
export const AccountRole = Role.exclude(["terminal"]);
export type AccountRole = z.infer<typeof AccountRole>;

export interface Account {
  readonly name: string;
  readonly role: AccountRole;
  readonly disabled: boolean;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly signedInAt: Date | null;
}

export interface AccountChange {
  readonly role?: AccountRole | undefined;
  readonly password?: string | undefined;
  readonly disabled?: boolean | undefined;
}

const columns = `name, role, disabled, created_by as "createdBy", created_at as "createdAt", signed_in_at as "signedInAt"`;

/** People who may sign in. */
export class Accounts {
  readonly #db: Database;
  readonly #passwords: Passwords;

  constructor(db: Database, passwords: Passwords) {
    this.#db = db;
    this.#passwords = passwords;
  }

  /** By name. @param after names behind this one */
  async list(after: string, limit: number): Promise<Account[]> {
    const { rows } = await this.#db.query<Account>(
      `select ${columns} from account where name > $1 order by name limit $2`,
      [after, limit],
    );
    return rows;
  }

  any(): Promise<boolean> {
    return anyAccount(this.#db);
  }

  /** @throws NotFoundError */
  require(name: string, sql: Sql = this.#db): Promise<Account> {
    return requireAccount(sql, name);
  }

  /** @throws ConflictError when there is one of this name */
  async create(
    account: { name: string; role: AccountRole; password: string },
    actor: string,
    now: Date,
  ): Promise<Account> {
    const hash = await this.#passwords.hash(account.password);
    try {
      return await this.#db.transaction((tx) => insertAccount(tx, { ...account, hash }, actor, now));
    } catch (error) {
      if (sqlState(error) !== "23505") throw error;
      throw new ConflictError(`there is a user ${account.name} already`, "Choose another name.");
    }
  }

  /**
   * A new password and a disabled account end the account's sessions; a new role holds from the next call on.
   * @param keep hash of the one session that stays
   * @throws NotFoundError, ConflictError for the last administrator
   */
  async change(
    name: string,
    change: AccountChange,
    actor: string,
    now: Date,
    keep?: Buffer,
  ): Promise<Account> {
    const { role, disabled, password } = change;
    const hash = password === undefined ? null : await this.#passwords.hash(password);
    return this.#db.transaction(async (tx) => {
      const before = await this.require(name, tx);
      if ((role !== undefined && role !== "admin") || disabled) await requireOtherAdmin(tx, name);
      await tx.query(
        `update account set role = coalesce($2, role), disabled = coalesce($3, disabled),
           password_hash = coalesce($4, password_hash), changed_at = $5 where name = $1`,
        [name, role ?? null, disabled ?? null, hash, now.toISOString()],
      );
      if (hash !== null || disabled)
        await tx.query("delete from session where account = $1 and id_hash <> $2", [
          name,
          keep ?? Buffer.of(),
        ]);
      const after = await this.require(name, tx);
      if (hash !== null) await logSecurity(tx, { kind: "password-changed", actor, subject: name }, now);
      if (after.role !== before.role || after.disabled !== before.disabled)
        await logSecurity(
          tx,
          { kind: "user-changed", actor, subject: name, detail: difference(before, after) },
          now,
        );
      return after;
    });
  }

  /** @throws NotFoundError, ConflictError for the last administrator */
  async remove(name: string, actor: string, now: Date): Promise<void> {
    await this.#db.transaction(async (tx) => {
      const { role } = await this.require(name, tx);
      await requireOtherAdmin(tx, name);
      await tx.query("delete from account where name = $1", [name]);
      await logSecurity(tx, { kind: "user-removed", actor, subject: name, detail: { role } }, now);
    });
  }
}

export async function anyAccount(sql: Sql): Promise<boolean> {
  const { rows } = await sql.query("select 1 from account limit 1");
  return rows.length > 0;
}

/** @throws NotFoundError */
export async function requireAccount(sql: Sql, name: string): Promise<Account> {
  const { rows } = await sql.query<Account>(`select ${columns} from account where name = $1`, [name]);
  if (!rows[0]) throw new NotFoundError(`there is no user ${name}`, "GET /api/users lists them.");
  return rows[0];
}

export async function insertAccount(
  tx: Sql,
  { name, role, hash }: { name: string; role: AccountRole; hash: string },
  actor: string,
  now: Date,
): Promise<Account> {
  const { rows } = await tx.query<Account>(
    `insert into account (name, role, password_hash, created_by, created_at, changed_at)
     values ($1, $2, $3, $4, $5, $5) returning ${columns}`,
    [name, role, hash, actor, now.toISOString()],
  );
  await logSecurity(tx, { kind: "user-created", actor, subject: name, detail: { role } }, now);
  return rows[0] as Account;
}

/** Locks them all, so that two administrators cannot take each other's role away at once. */
async function requireOtherAdmin(tx: Sql, name: string): Promise<void> {
  const { rows } = await tx.query<{ name: string }>(
    "select name from account where role = 'admin' and not disabled order by name for update",
  );
  if (rows.length === 1 && rows[0]?.name === name)
    throw new ConflictError(`${name} is the last administrator`, "Make another user administrator first.");
}

const difference = (before: Account, after: Account) => ({
  before: { role: before.role, disabled: before.disabled },
  after: { role: after.role, disabled: after.disabled },
});
