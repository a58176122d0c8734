import type { Migration } from "../migrate.js";

/** Who made the catalog what it was before, and why; the changes themselves are in the log, by `rollback:ID`. */
export const rollback: Migration = {
  sql: `
  create table catalog_rollback (
    id uuid primary key,
    at timestamptz not null,
    actor text not null,
    reason text not null,
    report jsonb not null
  );
  create index catalog_rollback_at on catalog_rollback (at, id);
  `,
};
