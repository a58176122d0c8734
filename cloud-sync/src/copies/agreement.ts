import { CloudStartError, CopyOutdatedError } from "../errors.js";
import type { Database } from "../storage/database.js";

export interface Agreed {
  readonly signingKey: string | null;
  readonly embedderId: string | null;
}

/** What the copies of this database hold to; null: not known yet. */
export async function agreed(db: Database): Promise<Agreed> {
  const { rows } = await db.query<Agreed>(
    `select signing_key as "signingKey", embedder_id as "embedderId" from headquarters`,
  );
  return rows[0] ?? { signingKey: null, embedderId: null };
}

/**
 * Holds this copy to what the others of this database do. Two copies with two signing keys would each have half of
 * their messages refused by every lane, and two embedders would begin the history anew without end.
 *
 * @param key id of this copy's signing key
 * @param adopt the key of before is lost or given up on purpose
 * @throws CloudStartError
 */
export async function agree(db: Database, key: string, embedderId: string, adopt: boolean): Promise<void> {
  const { rows } = await db.query(
    `update headquarters set signing_key = $1, embedder_id = $2
     where signing_key is null or signing_key = $1 or $3 returning 1`,
    [key, embedderId, adopt],
  );
  if (rows.length > 0) return;
  const { signingKey } = await agreed(db);
  throw new CloudStartError(
    `this database's catalogs are signed with key ${signingKey}, and this copy's key is ${key}`,
    "Give it the key file of the other copies, or of the backup, with --signing-key. When that is lost for good: start once with --adopt-key, and give every lane the new public key.",
  );
}

/** @throws CopyOutdatedError when a copy with another embedder was started since */
export async function requireEmbedder(db: Database, embedderId: string): Promise<void> {
  const now = (await agreed(db)).embedderId;
  if (now !== null && now !== embedderId) throw new CopyOutdatedError(embedderId, now);
}
