import type { Migration } from "../migrate.js";

/** Several copies of headquarters on one database. */
export const copies: Migration = {
  sql: `
  -- Who is alive, by the database's clock: lanes are divided among them.
  create table copy (
    id uuid primary key,
    host text not null,
    started_at timestamptz not null default now(),
    seen_at timestamptz not null default now()
  );

  -- What all copies must agree on. Null: not known yet.
  create table headquarters (
    id int primary key check (id = 1),
    signing_key text,
    embedder_id text
  );
  insert into headquarters (id) values (1);

  -- So that a sweep leaves alone what another copy is about to need.
  alter table chunk add column made_at timestamptz not null default now();
  `,
};
