import { type PublicKey, publicKey, Trust, type TrustChange } from "@tillsight/sync-protocol";
import type { Db } from "../database.js";

/** What this lane believes: the keys of its settings, and what it learnt from them. */
export function loadTrust(db: Db, anchors: readonly PublicKey[]): Trust {
  const learnt = db.prepare("select public_key from trusted_key").pluck().all() as Buffer[];
  const revoked = db.prepare("select id from revoked_key").pluck().all() as string[];
  return new Trust(anchors, learnt.map(publicKey), revoked);
}

/** Inside a transaction. */
export function keepTrust(db: Db, { publicKey: key, endorsedBy, revokes }: TrustChange): void {
  db.prepare("insert or ignore into trusted_key values (?, ?, ?, datetime('now'))").run(
    ...[key.id, Buffer.from(key.raw), endorsedBy],
  );
  for (const id of revokes) db.prepare("insert or ignore into revoked_key values (?)").run(id);
}
