import type { NodeName } from "@tillsight/contracts";
import type { Chunk } from "@tillsight/sync-protocol";
import { hex } from "@tillsight/sync-protocol";
import { requireEmbedder } from "../copies/agreement.js";
import type { Database, Sql } from "../storage/database.js";
import type { CutState } from "./cut.js";

export interface PublishState extends CutState {
  /** The feed was read up to here. */
  readonly scannedLsn: number;
  readonly headSequence: number;
}

export interface SealedDelta {
  readonly fromLsn: number;
  readonly toLsn: number;
  readonly postHash: Uint8Array;
  /** The signed message. */
  readonly bytes: Uint8Array;
}

export interface StoredSnapshot {
  /** In hexadecimal. */
  readonly id: string;
  readonly lsn: number;
  /** The signed manifest. */
  readonly bytes: Uint8Array;
}

interface StateRow {
  embedder_id: string;
  epoch: number;
  scanned_lsn: number;
  lsn: number;
  state_hash: Uint8Array;
  row_count: number;
  head_sequence: number;
}

interface DeltaRow {
  from_lsn: number;
  to_lsn: number;
  post_hash: Uint8Array;
  bytes: Uint8Array;
}

const toState = (row: StateRow): PublishState => ({
  ...{ embedderId: row.embedder_id, epoch: Number(row.epoch), lsn: Number(row.lsn) },
  ...{ stateHash: row.state_hash, rows: Number(row.row_count), scannedLsn: Number(row.scanned_lsn) },
  headSequence: Number(row.head_sequence),
});

const toDelta = (row: DeltaRow): SealedDelta => ({
  ...{ fromLsn: Number(row.from_lsn), toLsn: Number(row.to_lsn), postHash: row.post_hash, bytes: row.bytes },
});

/** Snapshots of a store that are kept: the newest, and the one that lanes may be in the middle of. */
const keptSnapshots = 2;

/** What was told to lanes, in the database that all copies of headquarters share. */
export class Ledger {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async state(store: NodeName): Promise<PublishState | undefined> {
    const { rows } = await this.#db.query<StateRow>("select * from publish_state where store = $1", [store]);
    return rows[0] && toState(rows[0]);
  }

  /** A new history: lanes of an older one take a snapshot. False when another copy has begun it meanwhile. */
  async beginHistory(store: NodeName, known: PublishState | undefined, state: CutState): Promise<boolean> {
    return this.#db.transaction(async (tx) => {
      const { affected } = await tx.query(
        `insert into publish_state (store, embedder_id, epoch, scanned_lsn, lsn, state_hash, row_count)
         values ($1, $2, $3, $4, $4, $5, $6)
         on conflict (store) do update set embedder_id = excluded.embedder_id, epoch = excluded.epoch,
           scanned_lsn = excluded.scanned_lsn, lsn = excluded.lsn, state_hash = excluded.state_hash,
           row_count = excluded.row_count
         where publish_state.epoch = $7`,
        [store, state.embedderId, state.epoch, state.lsn, state.stateHash, state.rows, known?.epoch ?? -1],
      );
      // Only whoever won may clear: the other copy may have cut deltas of the new history by now.
      if (affected !== 1) return false;
      await tx.query("delete from snapshot where store = $1", [store]);
      await tx.query("delete from delta where store = $1", [store]);
      return true;
    });
  }

  /**
   * Moves the store on from exactly `from`, with the deltas that lead there; false, and nothing done, when
   * another copy was quicker. So a delta is cut once.
   */
  async cut(
    store: NodeName,
    from: PublishState,
    to: CutState & { readonly scannedLsn: number },
    deltas: readonly SealedDelta[],
  ): Promise<boolean> {
    return this.#db.transaction(async (tx) => {
      const { affected } = await tx.query(
        `update publish_state set scanned_lsn = $2, lsn = $3, state_hash = $4, row_count = $5
         where store = $1 and scanned_lsn = $6 and epoch = $7`,
        [store, to.scannedLsn, to.lsn, to.stateHash, to.rows, from.scannedLsn, from.epoch],
      );
      if (affected !== 1) return false;
      for (const { fromLsn, toLsn, postHash, bytes } of deltas)
        await tx.query(
          "insert into delta (store, from_lsn, to_lsn, post_hash, bytes) values ($1, $2, $3, $4, $5)",
          [store, fromLsn, toLsn, postHash, bytes],
        );
      return true;
    });
  }

  /** Oldest first; none that was cut less than `olderThanMs` ago. */
  async unpublished(store: NodeName, limit: number, olderThanMs = 0): Promise<SealedDelta[]> {
    const { rows } = await this.#db.query<DeltaRow>(
      `select * from delta where store = $1 and published_at is null
         and ($3::float8 = 0 or cut_at <= now() - make_interval(secs => $3::float8)) order by to_lsn limit $2`,
      [store, limit, olderThanMs / 1000],
    );
    return rows.map(toDelta);
  }

  async confirm(store: NodeName, toLsn: number): Promise<void> {
    await this.#db.query(
      "update delta set published_at = now() where store = $1 and to_lsn <= $2 and published_at is null",
      [store, toLsn],
    );
  }

  async unpublishedCount(): Promise<number> {
    const { rows } = await this.#db.query<{ n: number }>(
      "select count(*)::int as n from delta where published_at is null",
    );
    return rows[0]?.n ?? 0;
  }

  /** At most `count` deltas that lead on from `afterLsn`; none when they are not kept any more. */
  async range(store: NodeName, afterLsn: number, count: number): Promise<SealedDelta[]> {
    const { rows } = await this.#db.query<DeltaRow>(
      "select * from delta where store = $1 and from_lsn >= $2 order by to_lsn limit $3",
      [store, afterLsn, count],
    );
    return rows[0] && Number(rows[0].from_lsn) === afterLsn ? rows.map(toDelta) : [];
  }

  /** The newest boundary at or before `lsn`; undefined when a delta reaches over it or none is known. */
  async boundary(store: NodeName, lsn: number): Promise<{ lsn: number; stateHash: Uint8Array } | undefined> {
    const { rows } = await this.#db.query<DeltaRow>(
      "select * from delta where store = $1 and from_lsn < $2 order by to_lsn desc limit 1",
      [store, lsn],
    );
    const last = rows[0] && toDelta(rows[0]);
    return last && last.toLsn <= lsn ? { lsn: last.toLsn, stateHash: last.postHash } : undefined;
  }

  /** What a head says, under a sequence number that no other head has: at least `now`, so that it grows even after a restore. */
  async issueHead(
    store: NodeName,
    now: number,
  ): Promise<{ state: PublishState; oldestLsn: number; snapshot: string | null } | undefined> {
    return this.#db.transaction(async (tx) => {
      const { rows } = await tx.query<StateRow>(
        "update publish_state set head_sequence = greatest(head_sequence + 1, $2) where store = $1 returning *",
        [store, now],
      );
      const state = rows[0] && toState(rows[0]);
      if (!state) return undefined;
      const oldest = await tx.query<{ oldest: number | null }>(
        "select min(from_lsn) as oldest from delta where store = $1",
        [store],
      );
      const snapshot = await newestSnapshot(tx, store);
      return {
        state,
        oldestLsn: Number(oldest.rows[0]?.oldest ?? state.lsn),
        snapshot: snapshot?.id ?? null,
      };
    });
  }

  snapshot(store: NodeName): Promise<StoredSnapshot | undefined> {
    return newestSnapshot(this.#db, store);
  }

  async putSnapshot(store: NodeName, snapshot: StoredSnapshot, chunks: readonly Chunk[]): Promise<void> {
    for (const { sha256, bytes } of chunks)
      await this.#db.query(
        // One that is there may be about to be swept.
        "insert into chunk (sha256, bytes) values ($1, $2) on conflict (sha256) do update set made_at = now()",
        [hex(sha256), bytes],
      );
    await this.#db.transaction(async (tx) => {
      // One at a time: what nobody needs any more is swept below.
      await tx.query("select pg_advisory_xact_lock($1)", [sweepLock]);
      await tx.query(
        "insert into snapshot (store, id, lsn, bytes) values ($1, $2, $3, $4) on conflict do nothing",
        [...[store, snapshot.id, snapshot.lsn, snapshot.bytes]],
      );
      const names = [...new Set(chunks.map(({ sha256 }) => hex(sha256)))];
      await tx.query(
        "insert into snapshot_chunk select $1, $2, chunk from unnest($3::text[]) as chunk on conflict do nothing",
        [store, snapshot.id, names],
      );
      await tx.query(
        `delete from snapshot where store = $1 and id not in
           (select id from snapshot where store = $1 order by lsn desc, cut_at desc limit ${keptSnapshots})`,
        [store],
      );
      await tx.query(
        `delete from chunk where made_at < now() - interval '1 hour'
           and not exists (select 1 from snapshot_chunk where chunk = chunk.sha256)`,
      );
    });
  }

  /** Chunks of this store's snapshots, in no order; those that are not kept any more are left out. */
  async chunks(store: NodeName, names: readonly string[]): Promise<Chunk[]> {
    const { rows } = await this.#db.query<{ sha256: string; bytes: Uint8Array }>(
      `select sha256, bytes from chunk where sha256 = any($2::text[])
         and exists (select 1 from snapshot_chunk where store = $1 and chunk = chunk.sha256)`,
      [store, names],
    );
    return rows.map(({ sha256, bytes }) => ({ sha256: Buffer.from(sha256, "hex"), bytes }));
  }

  /** Drops the oldest deltas beyond `keep` of a store, and those older than `days`; never what is unpublished. */
  async prune(store: NodeName, keep: number, days: number): Promise<void> {
    await this.#db.query(
      `delete from delta where store = $1 and published_at is not null and (
         cut_at < now() - make_interval(days => $3)
         or to_lsn <= (select to_lsn from delta where store = $1 order by to_lsn desc offset $2 limit 1))
         and to_lsn < (select coalesce(min(to_lsn), 9007199254740991) from delta
           where store = $1 and published_at is null)`,
      [store, keep, days],
    );
  }

  async endorsements(store: NodeName): Promise<Uint8Array[]> {
    const { rows } = await this.#db.query<{ bytes: Uint8Array }>(
      "select bytes from endorsement where store = $1 order by n",
      [store],
    );
    return rows.map(({ bytes }) => bytes);
  }

  /** With `forget`, what the old key signed is dropped: lanes that are behind take a snapshot of the new one. */
  async endorse(perStore: ReadonlyMap<NodeName, Uint8Array>, keyId: string, forget: boolean): Promise<void> {
    await this.#db.transaction(async (tx) => {
      await tx.query("update headquarters set signing_key = $1", [keyId]);
      for (const [store, bytes] of perStore)
        await tx.query("insert into endorsement (store, bytes) values ($1, $2)", [store, bytes]);
      if (forget) await tx.script("delete from delta; delete from snapshot; delete from chunk;");
    });
  }

  /** @throws CopyOutdatedError */
  requireEmbedder(embedderId: string): Promise<void> {
    return requireEmbedder(this.#db, embedderId);
  }

  async stores(): Promise<NodeName[]> {
    const { rows } = await this.#db.query<{ store: NodeName }>(
      "select store from publish_state order by store",
    );
    return rows.map(({ store }) => store);
  }
}

/** Arbitrary, the same in every copy of headquarters. */
const sweepLock = 7_481_002;

async function newestSnapshot(sql: Sql, store: NodeName): Promise<StoredSnapshot | undefined> {
  const { rows } = await sql.query<StoredSnapshot>(
    "select id, lsn, bytes from snapshot where store = $1 order by lsn desc, cut_at desc limit 1",
    [store],
  );
  return rows[0] && { ...rows[0], lsn: Number(rows[0].lsn) };
}
