import { createHash, pbkdf2Sync, randomBytes, randomInt, timingSafeEqual } from "node:crypto";
import { NodeName, type TopicRights, terminalRights, terminalUser } from "@tillsight/contracts";
import { type BrokerUser, mosquittoPassword } from "../publish/rights.js";
import type { Database } from "../storage/database.js";
import { RegistrationRefusedError } from "./errors.js";
import type { TerminalId } from "./terminals.js";

/** Crockford's base 32: no I, L, O or U, so that nobody mistakes a character when reading it out. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** 60 bits: beyond guessing in the days that a code lives, with the few tries a minute that are answered. */
const codeLength = 12;

const hashOf = (text: string): Buffer => createHash("sha256").update(text).digest();

/** As people type it: blanks, dashes and small letters do not matter. */
export const plainCode = (typed: string): string =>
  typed.toUpperCase().replaceAll(/[\s-]/g, "").replaceAll("O", "0").replaceAll(/[IL]/g, "1");

const newCode = (): string => Array.from({ length: codeLength }, () => alphabet[randomInt(32)]).join("");

/** Whether `password` is the one of a line of mosquitto's password file; takes as long for a wrong one. */
export function fitsMosquittoPassword(line: string, password: string): boolean {
  const [, kind, rounds, salt, hash] = line.slice(line.indexOf(":") + 1).split("$");
  if (kind !== "7" || !rounds || !salt || !hash) return false;
  const want = Buffer.from(hash, "base64");
  const have = pbkdf2Sync(password, Buffer.from(salt, "base64"), Number(rounds), want.length, "sha512");
  return timingSafeEqual(have, want);
}

export interface NewRegistration extends TerminalId {
  readonly label: string;
  readonly group: string;
  readonly actor: string;
  readonly hours: number;
}

export interface Credential extends TerminalId {
  readonly username: string;
  /** Known here and nowhere else: headquarters keeps its hash only. */
  readonly password: string;
}

/**
 * How terminals get in: a code that works once becomes a user and a password at the broker. Codes and passwords are
 * kept as hashes, the latter as a line that mosquitto can read.
 */
export class Credentials {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** A code for a terminal; it takes the place of an earlier one that was not used. */
  async invite(registration: NewRegistration, now: Date): Promise<{ code: string; expiresAt: Date }> {
    const { store, terminal, group, label, actor, hours } = registration;
    const code = newCode();
    const expiresAt = new Date(now.getTime() + hours * 3_600_000);
    await this.#db.transaction(async (tx) => {
      await tx.query("delete from registration where store = $1 and terminal = $2 and used_at is null", [
        ...[store, terminal],
      ]);
      await tx.query(
        `insert into registration (code_hash, store, terminal, grp, label, created_by, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [
          ...[hashOf(code), store, terminal, group, label, actor],
          ...[now.toISOString(), expiresAt.toISOString()],
        ],
      );
    });
    return { code: `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`, expiresAt };
  }

  /**
   * A code's one use. An earlier password of the terminal ends with it.
   * @throws RegistrationRefusedError when the code is unknown, used or too old; it is not said which
   */
  async redeem(code: string, now: Date): Promise<Credential> {
    const password = randomBytes(24).toString("base64url");
    return this.#db.transaction(async (tx) => {
      const { rows } = await tx.query<{ store: string; terminal: string; grp: string; label: string }>(
        `update registration set used_at = $2 where code_hash = $1 and used_at is null and expires_at > $2
         returning store, terminal, grp, label`,
        [hashOf(plainCode(code)), now.toISOString()],
      );
      const found = rows[0];
      if (!found) throw new RegistrationRefusedError();
      const store = NodeName.parse(found.store);
      const terminal = NodeName.parse(found.terminal);
      const username = terminalUser(store, terminal);
      await tx.query(
        `insert into terminal (store, name, label, grp, created_at, password_hash, registered_at)
         values ($1, $2, $3, $4, $5, $6, $5)
         on conflict (store, name) do update set password_hash = excluded.password_hash, label = excluded.label,
           grp = excluded.grp, registered_at = excluded.registered_at, revoked_at = null`,
        [store, terminal, found.label, found.grp, now.toISOString(), mosquittoPassword(username, password)],
      );
      return { store, terminal, username, password };
    });
  }

  /** @returns whether there was one */
  async revoke({ store, terminal }: TerminalId, now: Date): Promise<boolean> {
    const { affected } = await this.#db.query(
      `update terminal set password_hash = null, revoked_at = $3
       where store = $1 and name = $2 and password_hash is not null`,
      [store, terminal, now.toISOString()],
    );
    return affected === 1;
  }

  /** What a user may do at the broker; null when he may not enter. */
  async rightsOf(username: string, password: string): Promise<TopicRights | null> {
    const [store, terminal] = username.split(".");
    const name = NodeName.safeParse(terminal);
    const of = NodeName.safeParse(store);
    if (!name.success || !of.success || terminalUser(of.data, name.data) !== username) return null;
    const { rows } = await this.#db.query<{ hash: string }>(
      "select password_hash as hash from terminal where store = $1 and name = $2 and password_hash is not null",
      [of.data, name.data],
    );
    const hash = rows[0]?.hash;
    if (hash === undefined || !fitsMosquittoPassword(hash, password)) return null;
    return terminalRights(of.data, name.data);
  }

  /** Lines of a password file and users of an ACL file, for a broker of one's own. */
  async brokerUsers(): Promise<{ passwords: string[]; users: BrokerUser[] }> {
    const { rows } = await this.#db.query<{ store: string; name: string; hash: string }>(
      `select store, name, password_hash as hash from terminal where password_hash is not null order by store, name`,
    );
    const users = rows.map(({ store, name }) => ({
      username: terminalUser(store, name),
      rights: terminalRights(store, name),
    }));
    return { passwords: rows.map(({ hash }) => hash), users };
  }
}
