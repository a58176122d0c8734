import type { Migration } from "../migrate.js";

/** Terminals and what they send up. */
export const fleet: Migration = {
  sql: `
  create table terminal (
    store text collate "C" not null references store,
    name text collate "C" not null,
    label text not null default '',
    -- Rollouts go from group to group.
    grp text collate "C" not null default '',
    created_at timestamptz not null,
    -- A line of mosquitto's password file; null: never registered, or taken back.
    password_hash text,
    registered_at timestamptz,
    revoked_at timestamptz,
    -- Presence: by the clock of headquarters, never by the lane's.
    session bigint not null default 0,
    sequence bigint not null default 0,
    born_at timestamptz,
    died_at timestamptz,
    last_seen timestamptz,
    beat_seconds int not null default 0,
    birth jsonb,
    beat jsonb,
    settings_version int not null default 0,
    settings jsonb not null default '{}',
    reported jsonb,
    picture text,
    picture_at timestamptz,
    primary key (store, name)
  );

  create table registration (
    code_hash bytea primary key,
    store text collate "C" not null references store,
    terminal text collate "C" not null,
    grp text collate "C" not null,
    label text not null,
    created_by text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz
  );

  create table fleet_command (
    id uuid primary key,
    store text collate "C" not null,
    terminal text collate "C" not null,
    command jsonb not null,
    actor text not null,
    created_at timestamptz not null,
    deadline timestamptz not null,
    answered_at timestamptz,
    -- Null: not answered; it has expired once the deadline has passed.
    state text check (state in ('done', 'failed', 'expired')),
    detail text not null default '',
    foreign key (store, terminal) references terminal
  );
  create index fleet_command_terminal on fleet_command (store, terminal, created_at);

  create table rollout (
    id uuid primary key,
    plan jsonb not null,
    state jsonb not null,
    -- Grows with each step: two copies of headquarters never both take it.
    version int not null default 0,
    running boolean not null,
    actor text not null,
    created_at timestamptz not null
  );

  -- How far each stream of each outbox file has come; missing: numbers that never arrived.
  create table up_cursor (
    store text collate "C" not null,
    terminal text collate "C" not null,
    stream text not null,
    outbox uuid not null,
    n bigint not null,
    missing bigint not null,
    dropped bigint not null,
    updated_at timestamptz not null,
    primary key (store, terminal, stream, outbox)
  );

  create table sale (
    id uuid primary key,
    store text collate "C" not null,
    terminal text collate "C" not null,
    status text not null,
    opened_at timestamptz not null,
    ended_at timestamptz not null,
    currency text not null,
    total_minor bigint not null,
    body jsonb not null,
    received_at timestamptz not null
  );
  create index sale_ended on sale (ended_at, id);
  create index sale_terminal on sale (store, terminal, ended_at, id);

  create table lane_event (
    id uuid primary key,
    store text collate "C" not null,
    terminal text collate "C" not null,
    at timestamptz not null,
    type text not null,
    severity text not null,
    body jsonb not null,
    received_at timestamptz not null
  );
  create index lane_event_at on lane_event (at, id);
  create index lane_event_terminal on lane_event (store, terminal, at, id);

  create table telemetry (
    id uuid primary key,
    store text collate "C" not null,
    terminal text collate "C" not null,
    at timestamptz not null,
    body jsonb not null,
    received_at timestamptz not null
  );
  create index telemetry_terminal on telemetry (store, terminal, at, id);

  -- The picture is in the object store.
  create table review_crop (
    id uuid primary key,
    store text collate "C" not null,
    terminal text collate "C" not null,
    at timestamptz not null,
    line_item uuid,
    picture text not null,
    body jsonb not null,
    received_at timestamptz not null
  );
  create index review_crop_at on review_crop (at, id);
  create index review_crop_line on review_crop (line_item);

  -- Records that do not fit their schema: kept as they came, so that nothing is lost to a mistake of a version.
  create table up_refused (
    id uuid primary key,
    store text collate "C" not null,
    terminal text collate "C" not null,
    stream text not null,
    body jsonb not null,
    why text not null,
    received_at timestamptz not null
  );

  -- What a relay has still to pass on. Written with the record, taken away once the other side has it.
  create table relay_outbox (
    key bigint generated always as identity primary key,
    id uuid not null,
    store text collate "C" not null,
    terminal text collate "C" not null,
    stream text not null,
    body jsonb not null
  );
  `,
};
