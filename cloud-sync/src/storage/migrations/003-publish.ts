import type { Migration } from "../migrate.js";

/**
 * What was told to lanes, store by store. `delta` is outbox and history at once: bytes are written once and
 * sent as often as needed, so two copies of headquarters never say different things about one LSN.
 */
export const publish: Migration = {
  sql: `
  create table publish_state (
    store text collate "C" primary key,
    embedder_id text not null,
    epoch bigint not null,
    -- The feed was read up to here; lsn is the last change that concerned this store.
    scanned_lsn bigint not null,
    lsn bigint not null,
    state_hash bytea not null,
    row_count bigint not null,
    head_sequence bigint not null default 0
  );

  create table delta (
    store text collate "C" not null references publish_state,
    to_lsn bigint not null,
    from_lsn bigint not null,
    post_hash bytea not null,
    bytes bytea not null,
    cut_at timestamptz not null default now(),
    published_at timestamptz,
    primary key (store, to_lsn),
    unique (store, from_lsn)
  );
  create index delta_unpublished on delta (store, to_lsn) where published_at is null;

  create table snapshot (
    store text collate "C" not null references publish_state,
    id text collate "C" not null,
    lsn bigint not null,
    bytes bytea not null,
    cut_at timestamptz not null default now(),
    primary key (store, id)
  );

  create table chunk (
    sha256 text collate "C" primary key,
    bytes bytea not null
  );

  create table snapshot_chunk (
    store text collate "C" not null,
    snapshot text collate "C" not null,
    chunk text collate "C" not null references chunk,
    primary key (store, chunk, snapshot),
    foreign key (store, snapshot) references snapshot on delete cascade
  );
  create index snapshot_chunk_chunk on snapshot_chunk (chunk);

  -- Endorsements of signing keys, sealed for each store, the oldest first.
  create table endorsement (
    store text collate "C" not null,
    n bigint generated always as identity,
    bytes bytea not null,
    primary key (store, n)
  );
  `,
};
