import type { Migration } from "../migrate.js";

/** Accounts, sessions, tokens, and what happened to them. Of secrets there is a hash only. */
export const access: Migration = {
  sql: `
  create table account (
    name text collate "C" primary key,
    role text not null check (role in ('viewer', 'editor', 'admin')),
    password_hash text not null,
    disabled boolean not null default false,
    created_by text not null,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    signed_in_at timestamptz
  );

  create table session (
    id_hash bytea primary key,
    account text collate "C" not null references account on delete cascade,
    created_at timestamptz not null,
    used_at timestamptz not null,
    expires_at timestamptz not null
  );
  create index session_account on session (account);
  create index session_expires on session (expires_at);

  create table api_token (
    id uuid primary key,
    name text not null,
    token_hash bytea not null unique,
    role text not null check (role in ('terminal', 'viewer', 'editor', 'admin')),
    created_by text not null,
    created_at timestamptz not null,
    -- Null: it does not end by itself.
    expires_at timestamptz,
    used_at timestamptz
  );

  create table setup_link (
    token_hash bytea primary key,
    -- Null: for the first administrator; else whose password it sets.
    account text collate "C" references account on delete cascade,
    expires_at timestamptz not null
  );

  -- Wrong tries by name, by address, and by both.
  create table sign_in_try (
    key text collate "C" primary key,
    wrong int not null,
    last_at timestamptz not null,
    blocked_until timestamptz not null
  );

  create table security_event (
    n bigint generated always as identity primary key,
    at timestamptz not null,
    kind text not null,
    actor text not null,
    subject text not null,
    address text,
    detail jsonb not null default '{}'
  );
  create index security_event_actor on security_event (actor, n);
  create index security_event_subject on security_event (subject, n);
  `,
};
