import type { Migration } from "../migrate.js";

/** Answers to calls with an `Idempotency-Key`, kept for a day. The key is here as a hash and opens the answer. */
export const idempotency: Migration = {
  sql: `
  create table kept_answer (
    actor text not null,
    key_hash bytea not null,
    -- Of what was asked: another request with the same key is a mistake.
    fingerprint bytea not null,
    -- Who works on it; after the lease somebody else may.
    claim uuid not null,
    lease_until timestamptz not null,
    expires_at timestamptz not null,
    -- Null: not answered yet.
    answer bytea,
    primary key (actor, key_hash)
  );
  create index kept_answer_expires on kept_answer (expires_at);
  `,
};
