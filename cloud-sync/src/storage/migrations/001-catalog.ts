import type { Migration } from "../migrate.js";

/** The first release: one store, the log as outbox. */
export const catalog: Migration = {
  sql: `
  create table catalog_state (
    id int primary key check (id = 1),
    lsn bigint not null,
    published_lsn bigint not null
  );
  insert into catalog_state values (1, 0, 0);

  create table product (
    sku text primary key,
    name text not null,
    body jsonb not null,
    lsn bigint not null
  );

  create table barcode (
    code text primary key,
    sku text not null references product (sku) on delete cascade
  );
  create index barcode_sku on barcode (sku);

  create table reference (
    id text primary key,
    sku text not null references product (sku) on delete cascade,
    embedder_id text not null,
    vector bytea not null,
    photo text,
    lsn bigint not null
  );
  create index reference_sku on reference (sku);

  create table change (
    lsn bigint primary key,
    kind text not null,
    body jsonb not null,
    embedder_id text,
    vector bytea,
    actor text not null,
    at timestamptz not null default now()
  );
  `,
};
