import type { Migration } from "../migrate.js";

/** Networks that can be brought to lanes; the weights are in the object store, chunk by chunk. */
export const models: Migration = {
  sql: `
  create table model (
    id text collate "C" primary key,
    kind text not null,
    -- As it was given, so that every lane gets the same bytes.
    manifest text not null,
    -- SHA-256 in hexadecimal and length of each chunk of the weights, in order.
    chunks jsonb not null,
    actor text not null,
    added_at timestamptz not null
  );
  `,
};
