import { randomUUID } from "node:crypto";
import { NotFoundError } from "../errors.js";
import type { Database } from "../storage/database.js";
import type { Role } from "./roles.js";
import { hashOf, newSecret } from "./secret.js";
import { logSecurity } from "./security-log.js";

/** So that a token that got lost is recognised as one, by people and by scanners. */
const prefix = "tillsight_";
/** A use is written down at most this often. */
const noteMs = 60_000;

export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly usedAt: Date | null;
}

const columns = `id, name, role, created_by as "createdBy", created_at as "createdAt", expires_at as "expiresAt",
  used_at as "usedAt"`;

/** Machines' way in: `Authorization: Bearer`. Shown once; here is a hash. */
export class Tokens {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** In the order of their ids. */
  async list(after: string, limit: number): Promise<ApiToken[]> {
    const { rows } = await this.#db.query<ApiToken>(
      `select ${columns} from api_token where id > $1 order by id limit $2`,
      [after, limit],
    );
    return rows;
  }

  async create(
    { name, role, expiresAt }: { name: string; role: Role; expiresAt: Date | null },
    actor: string,
    now: Date,
  ): Promise<ApiToken & { readonly token: string }> {
    const token = prefix + newSecret();
    return this.#db.transaction(async (tx) => {
      const { rows } = await tx.query<ApiToken>(
        `insert into api_token (id, name, token_hash, role, created_by, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7) returning ${columns}`,
        [
          ...[randomUUID(), name, hashOf(token), role, actor],
          ...[now.toISOString(), expiresAt?.toISOString() ?? null],
        ],
      );
      const made = rows[0] as ApiToken;
      await logSecurity(
        tx,
        { kind: "token-created", actor, subject: name, detail: { id: made.id, role, expiresAt } },
        now,
      );
      return { ...made, token };
    });
  }

  /** Undefined when there is none (any more). */
  async find(token: string, now: Date): Promise<ApiToken | undefined> {
    const { rows } = await this.#db.query<ApiToken>(
      `select ${columns} from api_token where token_hash = $1 and (expires_at is null or expires_at > $2)`,
      [hashOf(token), now.toISOString()],
    );
    const [found] = rows;
    if (found && now.getTime() - (found.usedAt?.getTime() ?? 0) > noteMs)
      await this.#db.query("update api_token set used_at = $2 where id = $1", [found.id, now.toISOString()]);
    return found;
  }

  /** @throws NotFoundError */
  async revoke(id: string, actor: string, now: Date): Promise<void> {
    await this.#db.transaction(async (tx) => {
      const { rows } = await tx.query<{ name: string; role: Role }>(
        "delete from api_token where id = $1 returning name, role",
        [id],
      );
      const [gone] = rows;
      if (!gone) throw new NotFoundError(`there is no token ${id}`, "GET /api/tokens lists them.");
      await logSecurity(
        tx,
        { kind: "token-revoked", actor, subject: gone.name, detail: { id, role: gone.role } },
        now,
      );
    });
  }
}
